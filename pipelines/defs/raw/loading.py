"""From landed bytes to raw tables: map, pseudonymise, gate, write; all sources in one transaction, so a stopped load changes nothing.

A source whose load is already in the warehouse is left alone; its rows are the same by definition (a load is named by its content).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import duckdb
import polars as pl

from pipelines.contracts import BY_NAME, POLARS_TYPES, TABLES, Table, create_statement
from pipelines.corrections import corrected, corrections_of
from pipelines.defs.raw.loading_in_parts import LoadInParts, holds_load
from pipelines.defs.sources_configured import connector_options
from pipelines.landing import Landed
from pipelines.quality.gate import PreviousLoad, Verdict, filled_columns, gate
from pipelines.quality.gate_in_parts import GateInParts
from pipelines.settings import Settings, SourceSettings
from pipelines.sources.connectors import CONNECTORS, IN_PARTS, READ_BY_THE_CLOCK, SYSTEM_OF_CONNECTOR
from pipelines.sources.records import Extract, FileOnDisk, SourceFile, TableBatch, merge
from pipelines.vault import key_fingerprint, pseudonymise
from pipelines.warehouse import read_frame, replace_rows, transaction

LARGE = 16 << 20  # bytes of a source from which it is read in parts; below, all of it fits easily

QUALITY_TABLES = {
    "quality.loads": "load_id varchar, source_id varchar, source_system varchar, connector varchar, extracted_at timestamptz, "
    "as_of_date date, files bigint, bytes bigint, mapping_hash varchar, is_current boolean",
    "quality.reconciliation": "load_id varchar, source_id varchar, table_name varchar, rows_in bigint, loaded bigint, "
    "quarantined bigint, duplicates bigint, filtered bigint",
    "quality.filtered_rows": "load_id varchar, source_id varchar, table_name varchar, reason varchar, rows bigint",
    "quality.quarantine": "load_id varchar, source_id varchar, table_name varchar, source_file varchar, source_line bigint, "
    "rule varchar, reason varchar, remedy varchar, masked_text varchar",
    "quality.findings": "load_id varchar, source_id varchar, kind varchar, table_name varchar, subject varchar, detail varchar",
    "vault.key_in_use": "fingerprint varchar",
    "vault.persons": "source_instance varchar, person_id varchar, given_name varchar, family_name varchar, email_work varchar, "
    "email_personal varchar",
    "vault.quarantined_rows": "load_id varchar, source_id varchar, table_name varchar, source_file varchar, source_line bigint, "
    "raw_text varchar",
}


@dataclass
class LoadedSource:
    """What one source brought, ready to be written."""

    source: SourceSettings
    landed: Landed
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    verdicts: list[Verdict | GateInParts] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    people: list[pl.DataFrame] = field(default_factory=list)


def prepare_schemas(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Create every raw, quality and vault table that doesn't exist yet; an empty table still has all its columns.

    Where a table was made by an older version with other columns, all of them are made anew and every source is read again: the landing
    zone holds what is needed.
    """
    wanted = {table.address: create_statement(table) for table in TABLES}
    wanted |= {name: f"create table if not exists {name} ({columns})" for name, columns in QUALITY_TABLES.items()}
    for schema in sorted({address.split(".")[0] for address in wanted}):
        warehouse.execute(f"create schema if not exists {schema}")
    with transaction(warehouse):
        for statement in wanted.values():
            warehouse.execute(statement)
        if not all(_has_the_columns(warehouse, address, statement) for address, statement in wanted.items()):
            for address, statement in wanted.items():
                warehouse.execute(f"drop table {address} cascade")
                warehouse.execute(statement)


def _has_the_columns(warehouse: duckdb.DuckDBPyConnection, address: str, statement: str) -> bool:
    draft = f"draft_{address.replace('.', '_')}"
    warehouse.execute(
        statement.replace("create table if not exists", "create or replace temp table").replace(address, draft, 1)
    )
    columns = "select list((column_name, column_type)) from (describe {})"
    found, expected = (warehouse.execute(columns.format(name)).fetchall() for name in (address, draft))
    warehouse.execute(f"drop table {draft}")
    return found == expected


def load_all(
    warehouse: duckdb.DuckDBPyConnection,
    workspace: Settings,
    landed: Mapping[str, Landed],
    sources: list[SourceSettings],
    say: Callable[[str], None],
) -> None:
    """Load every source whose content changed. Raises SourceRefused or LoadStopped before anything is written."""
    prepare_schemas(warehouse)
    current = read_frame(warehouse, "select source_id, load_id, as_of_date from quality.loads where is_current")
    known = {source_id: (load_id, day) for source_id, load_id, day in current.iter_rows()}
    as_of = workspace.as_of or max(load.extracted.date() for load in landed.values())
    fingerprint = key_fingerprint(workspace.hash_key)
    in_use = [row[0] for row in warehouse.execute("select fingerprint from vault.key_in_use").fetchall()]
    comparable = in_use == [fingerprint]
    with transaction(warehouse):
        for source in sources:
            load_id, day = known.get(source.source_id, (None, None))
            same_clock = day == as_of or source.connector not in READ_BY_THE_CLOCK
            if load_id == landed[source.source_id].load_id and same_clock:
                say(f"{source.source_id}: nothing new")
                continue
            loaded = _load(warehouse, workspace, source, landed[source.source_id], as_of, comparable=comparable)
            _record(warehouse, loaded, as_of)
            say(f"{source.source_id}: {sum(verdict.rows_in for verdict in loaded.verdicts):,} records")
        _forget_unconfigured(warehouse, [source.source_id for source in sources])
        replace_rows(warehouse, "vault.key_in_use", pl.DataFrame({"fingerprint": [fingerprint]}))


def _load(
    warehouse: duckdb.DuckDBPyConnection,
    workspace: Settings,
    source: SourceSettings,
    landed: Landed,
    as_of: date,
    *,
    comparable: bool,
) -> LoadedSource:
    """Put one source's rows into the raw tables: in parts where it is large and its connector can, else all at once."""
    extracts = _in_parts(warehouse, workspace, source, landed, as_of)
    if extracts is None:
        loaded = _read(warehouse, workspace, source, landed, as_of, comparable=comparable)
        _write(warehouse, loaded)
        return loaded
    loaded = LoadedSource(source, landed)
    parts = LoadInParts(
        warehouse, source.source_id, landed.load_id, workspace.hash_key, partial(_stamped, loaded=loaded)
    )
    parts.load(extracts, comparable=comparable)
    loaded.verdicts, loaded.findings = list(parts.verdicts), parts.findings
    return loaded


def _in_parts(
    warehouse: duckdb.DuckDBPyConnection, workspace: Settings, source: SourceSettings, landed: Landed, as_of: date
) -> Iterator[Extract] | None:
    """The source in parts; None where it is small, corrected, its connector can't, or this load's rows are in the tables already."""
    if source.connector not in IN_PARTS or landed.total_bytes < LARGE:
        return None
    if corrections_of(workspace.data / "corrections", source.source_id):
        return None
    if any(holds_load(warehouse, table, source.source_id, landed.load_id) for table in TABLES):
        return None
    files = [FileOnDisk(name, landed.folder / name) for name in landed.files]
    return IN_PARTS[source.connector](files, {**connector_options(source), "as_of": as_of})


def _read(
    warehouse: duckdb.DuckDBPyConnection,
    workspace: Settings,
    source: SourceSettings,
    landed: Landed,
    as_of: date,
    *,
    comparable: bool,
) -> LoadedSource:
    files = [SourceFile(name, (landed.folder / name).read_bytes()) for name in landed.files]
    corrections = corrections_of(workspace.data / "corrections", source.source_id)
    files, applied = corrected(files, corrections)
    extract = CONNECTORS[source.connector](files, {**connector_options(source), "as_of": as_of})
    loaded = LoadedSource(source, landed)
    loaded.findings = [vars(finding) for finding in extract.findings]
    if corrections:
        detail = f"{applied} of {len(corrections)} corrected lines were read; the others no longer stand in the file"
        loaded.findings.append({"kind": "lines_corrected", "table": "", "subject": source.source_id, "detail": detail})
    for batch in merge(extract.batches):
        previous = _previous(warehouse, BY_NAME[batch.table], source.source_id) if comparable else None
        _judge(warehouse, workspace, loaded, batch, previous)
    return loaded


def _judge(
    warehouse: duckdb.DuckDBPyConnection,
    workspace: Settings,
    loaded: LoadedSource,
    batch: TableBatch,
    previous: PreviousLoad | None,
) -> None:
    table = BY_NAME[batch.table]
    rows, people = pseudonymise(batch.rows, table, workspace.hash_key)
    source_id = loaded.source.source_id
    verdict = gate(
        table,
        rows,
        batch.rejects,
        batch.filtered,
        previous,
        source_id=source_id,
    )
    loaded.verdicts.append(verdict)
    loaded.tables[table.name] = _with_lineage(warehouse, table, verdict, loaded)
    if people.height:
        kept = people.filter(pl.col("person_id").is_in(verdict.loaded["person_id"].implode()))
        loaded.people.append(kept.with_columns(pl.lit(source_id).alias("source_instance")))


def _previous(warehouse: duckdb.DuckDBPyConnection, table: Table, source_id: str) -> PreviousLoad | None:
    """What this source delivered last time, from the raw table itself; None at the first load."""
    before = read_frame(
        warehouse, f"select * from {table.address} where source_instance = ? and not is_deleted", [source_id]
    )
    if before.is_empty():
        return None
    persons = frozenset(before["person_id"].to_list()) if table.name == "persons" else frozenset()
    return PreviousLoad(persons, filled_columns(before.select(c.name for c in table.columns if c.pii != "P2")))


def _with_lineage(
    warehouse: duckdb.DuckDBPyConnection, table: Table, verdict: Verdict, loaded: LoadedSource
) -> pl.DataFrame:
    stamped = _stamped(verdict.loaded, loaded)
    if verdict.vanished:
        gone = read_frame(
            warehouse,
            f"select * from {table.address} where source_instance = ? and person_id in (select unnest(?))",
            [loaded.source.source_id, sorted(verdict.vanished)],
        ).with_columns(pl.lit(value=True).alias("is_deleted"), pl.lit(loaded.landed.load_id).alias("load_id"))
        stamped = pl.concat([stamped, gone], how="diagonal_relaxed")
    return stamped


def _stamped(rows: pl.DataFrame, loaded: LoadedSource) -> pl.DataFrame:
    """The rows with the columns that say which load of which source brought them."""
    return rows.with_columns(
        pl.lit(SYSTEM_OF_CONNECTOR[loaded.source.connector]).alias("source_system"),
        pl.lit(loaded.source.source_id).alias("source_instance"),
        pl.lit(loaded.landed.extracted).dt.cast_time_unit("us").dt.replace_time_zone("UTC").alias("extracted_at")
        if loaded.landed.extracted.tzinfo is None
        else pl.lit(loaded.landed.extracted).cast(POLARS_TYPES["instant"]).alias("extracted_at"),
        pl.lit(loaded.landed.load_id).alias("load_id"),
        pl.lit(value=False).alias("is_deleted"),
    )


def _write(warehouse: duckdb.DuckDBPyConnection, loaded: LoadedSource) -> None:
    """Replace this source's rows in every raw table."""
    source_id = loaded.source.source_id
    for table in TABLES:
        frame = loaded.tables.get(table.name)
        rows = pl.DataFrame() if frame is None else frame
        replace_rows(warehouse, table.address, rows, where={"source_instance": source_id})
    people = pl.concat(loaded.people) if loaded.people else pl.DataFrame()
    replace_rows(warehouse, "vault.persons", people, where={"source_instance": source_id})
    loaded.tables, loaded.people = {}, []  # written: let go of them before the next source is read


def _record(warehouse: duckdb.DuckDBPyConnection, loaded: LoadedSource, as_of: date) -> None:
    """Write down what was decided about this load."""
    source_id, load_id = loaded.source.source_id, loaded.landed.load_id
    keys = {"load_id": pl.lit(load_id), "source_id": pl.lit(source_id)}

    def keyed(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(**keys)

    counts = pl.DataFrame([verdict.reconciliation for verdict in loaded.verdicts])
    held = pl.concat([verdict.quarantine for verdict in loaded.verdicts])
    filtered = pl.concat(
        [verdict.filtered.with_columns(pl.lit(verdict.table).alias("table_name")) for verdict in loaded.verdicts]
    )
    findings = pl.DataFrame(loaded.findings, schema=dict.fromkeys(("kind", "table", "subject", "detail"), pl.String()))
    per_load = {
        "quality.reconciliation": keyed(counts),
        "quality.filtered_rows": keyed(filtered),
        "quality.quarantine": keyed(held.drop("raw_text")),
        "quality.findings": keyed(findings.rename({"table": "table_name"})),
        "vault.quarantined_rows": keyed(held.select("table_name", "source_file", "source_line", "raw_text")),
    }
    for name, frame in per_load.items():
        replace_rows(warehouse, name, frame, where={"load_id": load_id, "source_id": source_id})
    warehouse.execute("update quality.loads set is_current = false where source_id = ?", [source_id])
    record = pl.DataFrame(
        [
            {
                "load_id": load_id,
                "source_id": source_id,
                "source_system": SYSTEM_OF_CONNECTOR[loaded.source.connector],
                "connector": loaded.source.connector,
                "extracted_at": loaded.landed.extracted,
                "as_of_date": as_of,
                "files": len(loaded.landed.files),
                "bytes": loaded.landed.total_bytes,
                "mapping_hash": loaded.landed.mapping_hash,
                "is_current": True,
            }
        ]
    )
    replace_rows(warehouse, "quality.loads", record, where={"load_id": load_id, "source_id": source_id})


def _forget_unconfigured(warehouse: duckdb.DuckDBPyConnection, configured: list[str]) -> None:
    """A source that the workspace no longer names leaves the raw tables; its bytes stay in the landing zone."""
    loaded = read_frame(warehouse, "select distinct source_id from quality.loads where is_current")["source_id"]
    for source_id in sorted(set(loaded) - set(configured)):
        for table in TABLES:
            replace_rows(warehouse, table.address, pl.DataFrame(), where={"source_instance": source_id})
        replace_rows(warehouse, "vault.persons", pl.DataFrame(), where={"source_instance": source_id})
        warehouse.execute("update quality.loads set is_current = false where source_id = ?", [source_id])
