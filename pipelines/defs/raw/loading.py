"""From landed bytes to raw tables: map, pseudonymise, gate, write; all sources in one transaction, so a stopped load changes nothing.

A source whose load is already in the warehouse is left alone; its rows are the same by definition (a load is named by its content).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

import duckdb
import polars as pl

from pipelines.contracts import TABLES
from pipelines.corrections import corrections_of
from pipelines.defs.raw.loaded_source import LoadedSource
from pipelines.defs.raw.loading_at_once import load_at_once
from pipelines.defs.raw.loading_in_parts import LoadInParts, holds_load
from pipelines.defs.raw.recording import forget_unconfigured, record
from pipelines.defs.raw.schemas import prepare_schemas
from pipelines.defs.sources_configured import connector_options
from pipelines.landing import Landed
from pipelines.settings import Settings, SourceSettings
from pipelines.sources.connectors import IN_PARTS, READ_BY_THE_CLOCK
from pipelines.sources.records import Extract, FileOnDisk
from pipelines.vault import key_fingerprint
from pipelines.warehouse import read_frame, replace_rows, transaction

LARGE = 4 << 20  # bytes of a source from which it is read in parts; below, all of it fits easily


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
            record(warehouse, loaded, as_of)
            say(f"{source.source_id}: {sum(verdict.rows_in for verdict in loaded.verdicts):,} records")
        forget_unconfigured(warehouse, [source.source_id for source in sources])
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
        return load_at_once(warehouse, workspace, source, landed, as_of, comparable=comparable)
    loaded = LoadedSource(source, landed)
    parts = LoadInParts(warehouse, source.source_id, landed.load_id, workspace.hash_key, loaded.stamped)
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
