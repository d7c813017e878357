"""The warehouse and the vault without a person; what was loaded and quarantined is counted as left out from then on, so that the sums still add up."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import polars as pl

from pipelines.builds.made_from import forget_all
from pipelines.contracts import TABLES
from pipelines.erasure.databases import erase_from_table, tables_of
from pipelines.erasure.landed_records import Found
from pipelines.erasure.receipt import Receipt
from pipelines.erasure.traces import Traces
from pipelines.loading.schemas import prepare_schemas
from pipelines.loading.tombstones import REASON
from pipelines.loading.vault import PERSONS, QUARANTINED_ROWS, changing_vault, draft_vault
from pipelines.settings import Settings
from pipelines.warehouse import connect, copy_into_new_file, read_frame, transaction

COUNTED = " union all ".join(
    f"select load_id, source_instance as source_id, '{table.name}' as table_name, 'loaded' as outcome, count(*) as rows "
    f"from {table.address} where not is_deleted group by all"
    for table in TABLES
)
HELD = "select load_id, source_id, table_name, 'quarantined' as outcome, count(*) as rows from quality.quarantine group by all"


def erase_from_warehouse(workspace: Settings, traces: Traces, found: Found, receipt: Receipt, *, dry_run: bool) -> None:
    """Rows and texts of the person go from every table, and their bytes with them."""
    if dry_run:
        with connect(workspace.warehouse) as warehouse:
            draft_vault(warehouse, workspace.vault)
            with _undone(warehouse):
                _erase(warehouse, traces, found, receipt)
        return
    with connect(workspace.warehouse) as warehouse:
        prepare_schemas(warehouse)
        with changing_vault(warehouse, workspace.vault):
            _erase(warehouse, traces, found, receipt)
    copy_into_new_file(workspace.warehouse)


@contextmanager
def _undone(warehouse: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A transaction that ends as if nothing had happened."""

    class Undone(Exception):
        pass

    try:
        with transaction(warehouse):
            yield
            raise Undone
    except Undone:
        return


def _erase(warehouse: duckdb.DuckDBPyConnection, traces: Traces, found: Found, receipt: Receipt) -> None:
    before = _counts(warehouse)
    receipt.note("quarantine", "records", _from_quarantine(warehouse, traces, found))
    warehouse.execute(
        "delete from raw_sessions.session_participants where (source_instance, session_id) in "
        "(select (source_instance, session_id) from raw_sessions.sessions where pair_id in (select unnest(?)))",
        [sorted(traces.keys)],
    )
    for table in tables_of(warehouse):
        receipt.note("warehouse", table.replace('"', "").partition(".")[0], erase_from_table(warehouse, table, traces))
    receipt.note("vault", "names and addresses", erase_from_table(warehouse, PERSONS, traces))
    _book(warehouse, before)
    forget_all(warehouse)


def _from_quarantine(warehouse: duckdb.DuckDBPyConnection, traces: Traces, found: Found) -> int:
    """Quarantined records go from the vault and from the masked list."""
    rows = read_frame(warehouse, f"select distinct load_id, source_file, source_line, raw_text from {QUARANTINED_ROWS}")
    places = {(folder.name, file, line) for (folder, file), lines in found.places.items() for line in lines}
    gone = [row[:3] for row in rows.iter_rows() if row[:3] in places or traces.are_in_record((row[3] or "").split(","))]
    if not gone:
        return 0
    chosen = pl.DataFrame(gone, schema=rows.drop("raw_text").schema, orient="row").to_arrow()  # noqa: F841
    same = " and ".join(
        f"held.{name} is not distinct from chosen.{name}" for name in ("load_id", "source_file", "source_line")
    )
    for table in (QUARANTINED_ROWS, "quality.quarantine"):
        warehouse.execute(f"delete from {table} as held using chosen where {same}")
    return len(set(gone))


def _counts(warehouse: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return read_frame(warehouse, f"{COUNTED} union all {HELD}")


def _book(warehouse: duckdb.DuckDBPyConnection, before: pl.DataFrame) -> None:
    """Take what went out of the counts of loaded and quarantined records, and put it to what is left out."""
    keys = ["load_id", "source_id", "table_name", "outcome"]
    both = before.join(_counts(warehouse), on=keys, how="left", suffix="_now").with_columns(
        gone=pl.col("rows") - pl.col("rows_now").fill_null(0)
    )
    for load_id, source_id, table, outcome, gone in both.filter(pl.col("gone") > 0).select(*keys, "gone").iter_rows():
        this = [load_id, source_id, table]
        warehouse.execute(
            f"update quality.reconciliation set {outcome} = {outcome} - ?, filtered = filtered + ? where load_id = ? and source_id = ? and table_name = ?",
            [gone, gone, *this],
        )
        warehouse.execute("insert into quality.filtered_rows values (?, ?, ?, ?, ?)", [*this, REASON, gone])
