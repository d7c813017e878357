"""From landed bytes to raw tables: map, pseudonymise, gate, write; all sources in one transaction, so a stopped load changes nothing.

A source whose load is already in the warehouse is left alone; its rows are the same by definition (a load is named by its content).
"""

import filecmp
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from pipelines.contracts import TABLES
from pipelines.loading.at_once import load_at_once
from pipelines.loading.carried_rows import CarriedRows
from pipelines.loading.corrections import corrections_of
from pipelines.loading.landing import Landed
from pipelines.loading.loaded_source import LoadedSource
from pipelines.loading.pseudonyms import key_fingerprint
from pipelines.loading.record import forget_unconfigured, record
from pipelines.loading.schemas import prepare_schemas
from pipelines.loading.write import LoadInParts, holds_load
from pipelines.settings import Settings, SourceSettings
from pipelines.sources.connectors import IN_PARTS, OF_CHANGES, READ_BY_THE_CLOCK
from pipelines.sources.parquet import rows_of
from pipelines.sources.records import Extract, FileOnDisk
from pipelines.sources_configured import connector_options, workspace_zone, zone_of
from pipelines.warehouse import read_frame, replace_rows, transaction

LARGE = 4 << 20  # bytes of a source from which it is read in parts; below, all of it fits easily ...
LARGE_ROWS = 50_000  # ... unless they are Parquet, which may say very much in them


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
    as_of = (
        workspace.as_of or max(load.extracted for load in landed.values()).astimezone(ZoneInfo(workspace_zone())).date()
    )
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
    loaded = LoadedSource(source, landed, zone_of(source))
    parts = LoadInParts(warehouse, source.source_id, landed.load_id, workspace.hash_key, loaded.stamped)
    carried = _carried(warehouse, workspace, source, landed, as_of) if comparable else None
    if carried is not None:
        parts.load(carried.changes.extracts, comparable=comparable, carried=carried)
    else:
        extracts = _in_parts(warehouse, workspace, source, landed, as_of)
        if extracts is None:
            return load_at_once(warehouse, workspace, source, landed, as_of, comparable=comparable)
        parts.load(extracts, comparable=comparable)
    loaded.verdicts, loaded.findings = list(parts.verdicts), parts.findings
    return loaded


def _carried(
    warehouse: duckdb.DuckDBPyConnection, workspace: Settings, source: SourceSettings, landed: Landed, as_of: date
) -> CarriedRows | None:
    """What of the last load can stay; None where it was read by other rules, the connector can't tell, or it doesn't add up."""
    if source.connector not in OF_CHANGES or not _may_come_in_parts(warehouse, workspace, source, landed):
        return None
    query = "select load_id from quality.loads where source_id = ? and is_current and mapping_hash = ?"
    earlier = warehouse.execute(query, [source.source_id, landed.mapping_hash]).fetchall()
    if not earlier:
        return None
    before = landed.folder.with_name(earlier[0][0])
    known = [name for name in landed.files if (before / name).is_file()]
    known = [name for name in known if filecmp.cmp(before / name, landed.folder / name, shallow=False)]
    changes = OF_CHANGES[source.connector](_files(landed), _options(source, as_of), frozenset(known))
    if changes is None:
        return None
    carried = CarriedRows(warehouse, source.source_id, landed.load_id, earlier[0][0], changes)
    return carried if carried.add_up() else None


def _may_come_in_parts(
    warehouse: duckdb.DuckDBPyConnection, workspace: Settings, source: SourceSettings, landed: Landed
) -> bool:
    """Whether the source is large, has no corrections, and none of this load's rows is in the tables already."""
    if not _is_large(landed) or corrections_of(workspace.data / "corrections", source.source_id):
        return False
    return not any(holds_load(warehouse, table, source.source_id, landed.load_id) for table in TABLES)


def _is_large(landed: Landed) -> bool:
    if landed.total_bytes >= LARGE:
        return True
    return sum(rows_of(file) for file in _files(landed) if file.name.endswith(".parquet")) >= LARGE_ROWS


def _files(landed: Landed) -> list[FileOnDisk]:
    return [FileOnDisk(name, landed.folder / name) for name in landed.files]


def _options(source: SourceSettings, as_of: date) -> dict[str, Any]:
    return {**connector_options(source), "as_of": as_of}


def _in_parts(
    warehouse: duckdb.DuckDBPyConnection, workspace: Settings, source: SourceSettings, landed: Landed, as_of: date
) -> Iterator[Extract] | None:
    """The source in parts; None where it is small or corrected, its connector can't, or this load's rows are in the tables already."""
    if source.connector not in IN_PARTS or not _may_come_in_parts(warehouse, workspace, source, landed):
        return None
    return IN_PARTS[source.connector](_files(landed), _options(source, as_of))
