"""The vault: names, addresses and the text of quarantined records, in a file of its own that only loads and the quarantine commands open.

A load works on a draft (temporary tables of its connection, `DRAFTS`). DuckDB writes one file per transaction, so the two files are kept together by a mark: the new vault is
written beside the old one, the warehouse commits its mark, and the new file is moved into place. Killed in between, the next opening moves or removes it. Because the file is
always written anew, it holds no bytes of deleted rows.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from pipelines.duckdb_config import duckdb_config
from pipelines.loading.state import read_state, write_state
from pipelines.warehouse import attached_file, connect, transaction
from pipelines.whole_files import sync, sync_folder

TABLES = {
    "persons": "source_instance varchar, person_id varchar, given_name varchar, family_name varchar, email_work varchar, email_personal varchar",
    "quarantined_rows": "load_id varchar, source_id varchar, table_name varchar, source_file varchar, source_line bigint, raw_text varchar",
}
PERSONS, QUARANTINED_ROWS = DRAFTS = ("temp.vault_persons", "temp.vault_quarantined_rows")
"""Where a load finds and leaves what the vault will hold."""

MARK = "vault"
"""In the state of the warehouse and in the table `mark` of the vault: the same text in both where they belong together."""


@contextmanager
def reading_vault(warehouse: Path, vault: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, read only, with the vault beside it as `vault.persons` and `vault.quarantined_rows`; an empty one where no load has ended yet, or it was lost."""
    with TemporaryDirectory() as folder, connect(warehouse, read_only=True) as connection:
        settle(vault, read_state(connection, MARK))
        if vault.exists():
            connection.execute(attached_file(vault, "vault"))
        elif not is_inside(connection):
            empty = Path(folder) / "vault.duckdb"  # who reads only may attach no database in memory
            with connect(empty) as made:
                for name, columns in TABLES.items():
                    made.execute(f"create table {name} ({columns})")
            connection.execute(attached_file(empty, "vault"))
        yield connection


@contextmanager
def changing_vault(warehouse: duckdb.DuckDBPyConnection, vault: Path) -> Iterator[None]:
    """A transaction on the warehouse in which `DRAFTS` may be changed too; both files are changed, or neither."""
    mark = read_state(warehouse, MARK)
    settle(vault, mark)
    draft_vault(warehouse, vault)
    before = _content(warehouse)
    with transaction(warehouse):
        if mark != (mark_of(vault) if vault.exists() else None):
            # One of the two was lost, or put back from elsewhere: every source is read again.
            warehouse.execute("update quality.loads set is_current = false")
        yield
        is_changed = _content(warehouse) != before or not vault.exists()
        if is_changed:
            mark = secrets.token_hex(8)
            _write_beside(warehouse, vault, mark)
            write_state(warehouse, MARK, mark)
    if is_changed:
        _move_into_place(vault)


def draft_vault(warehouse: duckdb.DuckDBPyConnection, vault: Path | None) -> None:
    """Make `DRAFTS` of this connection from what the vault holds; empty ones where there is none."""
    for draft, (name, columns) in zip(DRAFTS, TABLES.items(), strict=True):
        warehouse.execute(f"create or replace temp table {draft.removeprefix('temp.')} ({columns})")
        if vault is not None and vault.exists():
            warehouse.execute(attached_file(vault, "kept_vault"))
            warehouse.execute(f"insert into {draft} by name from kept_vault.{name}")
            warehouse.execute("detach kept_vault")


def settle(vault: Path, mark: str | None) -> None:
    """End what a killed load left: the new vault is moved into place where the warehouse has its mark, and removed where it hasn't.

    Only for who has the warehouse open: nobody can be writing it then.
    """
    draft = _beside(vault)
    if not draft.exists():
        return
    if mark is not None and mark_of(draft) == mark:
        _move_into_place(vault)
    else:
        _remove(draft)


def mark_of(vault: Path) -> str | None:
    """The mark in a vault's file; None where it has none: a killed process had only begun it."""
    try:
        with duckdb.connect(str(vault), read_only=True, config=duckdb_config(vault)) as connection:
            found = connection.execute("select value from mark").fetchall()
    except duckdb.Error:
        return None
    return found[0][0] if found else None


def is_inside(warehouse: duckdb.DuckDBPyConnection) -> bool:
    """Whether the warehouse is one of version 0.1, which had the vault in it."""
    return bool(warehouse.execute("select 1 from duckdb_schemas() where schema_name = 'vault'").fetchall())


def _beside(vault: Path) -> Path:
    return vault.with_name(f".{vault.name}.draft")


def _content(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Changes when rows of the drafts do."""
    counts = " union all ".join(f"select count(*), sum(hash(d)::hugeint) from {draft} as d" for draft in DRAFTS)
    return warehouse.execute(counts).fetchall()


def _write_beside(warehouse: duckdb.DuckDBPyConnection, vault: Path, mark: str) -> None:
    vault.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    vault.parent.chmod(0o700)
    draft = _beside(vault)
    _remove(draft)
    with duckdb.connect(str(draft), config=duckdb_config(draft)) as new:
        for name, source in zip(TABLES, DRAFTS, strict=True):
            new.execute(f"create table {name} ({TABLES[name]})")
            incoming = warehouse.sql(f"from {source}").to_arrow_reader()  # noqa: F841  (found by its name)
            new.execute(f"insert into {name} by name from incoming")
        new.execute("create table mark as select ? as value", [mark])
    draft.chmod(0o600)
    sync(draft)


def _move_into_place(vault: Path) -> None:
    with suppress(FileNotFoundError):  # another reader has moved it meanwhile
        os.replace(_beside(vault), vault)
    sync_folder(vault.parent)


def _remove(draft: Path) -> None:
    for path in (draft, draft.with_name(f"{draft.name}.wal")):
        path.unlink(missing_ok=True)
