"""What a data folder holds that no source could tell again, read without the project's own code, so that two versions can be compared."""

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

HISTORY = ("identity.people", "identity.identifiers", "impact.declarations", "impact.looks", "analytics.match_history")
"""Tables of which every row stays; dbt's snapshots are added."""

Row = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Held:
    """Rows as pairs of column and value in words. people: raw rows' keys, which are the pseudonyms. keys: the people of the models. files: what stays byte for byte."""

    people: frozenset[tuple[str, ...]]
    keys: frozenset[str]
    names: frozenset[tuple[str, ...]]
    loads: frozenset[str]
    history: dict[str, frozenset[Row]]
    stores: dict[str, frozenset[Row]]
    files: dict[str, str]
    log: tuple[str, ...]

    def lost(self, later: "Held") -> dict[str, Any]:
        """What of this isn't in `later`, by name; a column that went since is no loss of its row."""
        gone: dict[str, Any] = {
            "people": self.people - later.people,
            "people of the models": self.keys - later.keys,
            "names": self.names - later.names,
            "loads": self.loads - later.loads,
            "files": {name for name, written in self.files.items() if later.files.get(name) != written},
            "audit log": self.log[len(later.log) :] or [one for one, other in zip(self.log, later.log, strict=False) if one != other],
        }  # fmt: skip
        for name, rows in (self.history | self.stores).items():
            found = (later.history | later.stores).get(name, frozenset())
            columns = {column for row in found for column, _ in row}
            gone[name] = _narrowed(rows, columns) - _narrowed(found, {column for row in rows for column, _ in row})
        return {name: left for name, left in gone.items() if left}


def held(data: Path) -> Held:
    """Everything of `data`; of the vault wherever that version kept it."""
    with duckdb.connect(str(data / "warehouse/warehouse.duckdb"), read_only=True) as warehouse:
        tables = {f"{schema}.{name}" for schema, name in warehouse.execute("select schema_name, table_name from duckdb_tables()").fetchall()}  # fmt: skip
        inside = "vault.persons" in tables
        kept = [name for name in HISTORY if name in tables] + sorted(
            name for name in tables if name.startswith("snapshots.")
        )
        return Held(
            people=_texts(warehouse, "select source_instance, person_id from raw_people.persons"),
            keys=frozenset(one for (one,) in _texts(warehouse, "select person_key from marts.persons"))
            if "marts.persons" in tables
            else frozenset(),
            names=_names(warehouse) if inside else _names_beside(data / "vault/vault.duckdb"),
            loads=frozenset(one for (one,) in _texts(warehouse, "select load_id from quality.loads")),
            history={name: _rows(warehouse, f"from {name}") for name in kept},
            stores=_of_stores(data),
            files=_files(data),
            log=_log(data / "audit/log.jsonl"),
        )


def _narrowed(rows: frozenset[Row], columns: set[str]) -> frozenset[Row]:
    return frozenset(tuple(cell for cell in row if cell[0] in columns) for row in rows)


def _texts(connection: duckdb.DuckDBPyConnection, query: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(str(value) for value in row) for row in connection.execute(query).fetchall())


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> frozenset[Row]:
    """Rows with what is told in them; what is empty may be filled by a later version."""
    found = connection.execute(query)
    names = [column[0] for column in found.description or []]
    return frozenset(
        tuple(sorted((name, str(value)) for name, value in zip(names, row, strict=True) if value is not None))
        for row in found.fetchall()
    )


def _names(connection: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, ...]]:
    return _texts(connection, "select source_instance, person_id, given_name, family_name, email_work from vault.persons")  # fmt: skip


def _names_beside(vault: Path) -> frozenset[tuple[str, ...]]:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{vault}' as vault (read_only)")
        (table,) = connection.execute("select schema_name || '.' || table_name from duckdb_tables() where database_name = 'vault' and table_name like '%persons'").fetchall()[0]  # fmt: skip
        return _texts(connection, f"select source_instance, person_id, given_name, family_name, email_work from vault.{table}")  # fmt: skip


def _of_stores(data: Path) -> dict[str, frozenset[Row]]:
    """What people decided, and what was written to whom."""
    found: dict[str, frozenset[Row]] = {}
    for path in sorted([*data.glob("decisions/*.sqlite"), *data.glob("messages/*.sqlite")]):
        with closing(sqlite3.connect(path)) as store:
            store.row_factory = sqlite3.Row
            for (table,) in store.execute("select name from sqlite_master where type = 'table'").fetchall():
                if table == "outbox_facts":
                    continue  # who sends now, which every run writes anew
                rows = [dict(row) for row in store.execute(f'select * from "{table}"')]
                found[f"{path.name}: {table}"] = frozenset(
                    tuple(sorted((name, str(value)) for name, value in row.items() if value is not None))
                    for row in rows
                )
    return found


def _files(data: Path) -> dict[str, str]:
    """Landed bytes, receipts, corrections, issued reports, who was erased."""
    places = ("landing", "history/registrations", "corrections", "reports/issued", "erasures")
    paths = [path for place in places for path in sorted((data / place).rglob("*")) if path.is_file()]
    return {path.relative_to(data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def _log(path: Path) -> tuple[str, ...]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return tuple(str(json.loads(line)["hash"]) for line in lines)
