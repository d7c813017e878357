"""A source's rows into the raw tables at once: map, pseudonymise, gate, write; for all but the large ones."""

from datetime import date

import duckdb
import polars as pl

from pipelines.contracts import BY_NAME, TABLES, Table
from pipelines.loading.corrections import corrected, corrections_of
from pipelines.loading.gate import PreviousLoad, Verdict, filled_columns, gate
from pipelines.loading.landing import Landed
from pipelines.loading.loaded_source import LoadedSource
from pipelines.loading.pseudonyms import pseudonymise
from pipelines.settings import Settings, SourceSettings
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import SourceFile, TableBatch, merge
from pipelines.sources_configured import connector_options, zone_of
from pipelines.warehouse import read_frame, replace_rows


def load_at_once(
    warehouse: duckdb.DuckDBPyConnection,
    workspace: Settings,
    source: SourceSettings,
    landed: Landed,
    as_of: date,
    *,
    comparable: bool,
) -> LoadedSource:
    """Read and judge one source and replace its rows. comparable: whether the last load was made under the same key.

    Raises SourceRefused and LoadStopped before anything is written.
    """
    files = [SourceFile(name, (landed.folder / name).read_bytes()) for name in landed.files]
    corrections = corrections_of(workspace.data / "corrections", source.source_id)
    files, applied = corrected(files, corrections)
    extract = CONNECTORS[source.connector](files, {**connector_options(source), "as_of": as_of})
    loaded = LoadedSource(source, landed, zone_of(source))
    loaded.findings = [vars(finding) for finding in extract.findings]
    if corrections:
        detail = f"{applied} of {len(corrections)} corrected lines were read; the others no longer stand in the file"
        loaded.findings.append({"kind": "lines_corrected", "table": "", "subject": source.source_id, "detail": detail})
    for batch in merge(extract.batches):
        previous = _previous(warehouse, BY_NAME[batch.table], source.source_id) if comparable else None
        _judge(warehouse, workspace, loaded, batch, previous)
    _write(warehouse, loaded)
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
    stamped = loaded.stamped(verdict.loaded)
    if verdict.vanished:
        gone = read_frame(
            warehouse,
            f"select * from {table.address} where source_instance = ? and person_id in (select unnest(?))",
            [loaded.source.source_id, sorted(verdict.vanished)],
        ).with_columns(pl.lit(value=True).alias("is_deleted"), pl.lit(loaded.landed.load_id).alias("load_id"))
        stamped = pl.concat([stamped, gone], how="diagonal_relaxed")
    return stamped


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
