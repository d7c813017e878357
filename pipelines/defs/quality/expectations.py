"""Great Expectations on every raw table, as blocking checks: nothing downstream runs on a table that breaks its contract."""

from collections.abc import Iterator

import dagster as dg
import duckdb
import polars as pl

from pipelines.builds.made_from import note, noted, prepare, raw_contents
from pipelines.builds.program import hash_of, program
from pipelines.contracts import TABLES
from pipelines.settings import settings
from pipelines.warehouse import claim_writer, connect, read_frame, read_kept, replace_table, transaction


@dg.multi_asset_check(
    name="expectations",
    specs=[
        dg.AssetCheckSpec(
            "expectations",
            asset=[table.schema, table.name],
            blocking=True,
            description=f"The contract of {table.address}: {table.grain}",
        )
        for table in TABLES
    ],
)
def expectations(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Validate each raw table whose rows aren't those that were validated last, write every result, report what fails in words."""
    workspace = settings()
    claim_writer(workspace.warehouse)
    with connect(workspace.warehouse) as warehouse, transaction(warehouse):
        results = dict(_results(warehouse))
        replace_table(warehouse, "quality.check_results", pl.concat(results.values()))
    for table in TABLES:
        failed = results[table.name].filter(~pl.col("passed"))
        words = [f"{row['check_name']} {row['column_name'] or ''}: {row['observed']}" for row in failed.to_dicts()]
        if words:
            context.log.error(f"{table.address}: {'; '.join(words)}")
        yield dg.AssetCheckResult(
            asset_key=[table.schema, table.name],
            check_name="expectations",
            passed=failed.is_empty(),
            metadata={
                "evaluated": results[table.name].height,
                "failed": failed.height,
                "what_failed": "; ".join(words) or "nothing",
            },
        )


def _results(warehouse: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, pl.DataFrame]]:
    """Name and results of each table, with what they were made from written down."""
    from pipelines.quality.suites import RESULT_SCHEMA, validate

    prepare(warehouse)
    held = raw_contents(warehouse, [table.address for table in TABLES])
    told = noted(warehouse)
    last = read_kept(warehouse, "quality.check_results", RESULT_SCHEMA)
    for table in TABLES:
        node, now = f"expectations.{table.address}", hash_of([program(), held[table.address]])
        kept = last.filter(pl.col("table_name") == table.name)
        if told.get(node) == (now, None) and kept.height:
            yield table.name, kept
            continue
        columns = ", ".join(column.name for column in table.all_columns if column.pii != "P2")
        yield table.name, validate(read_frame(warehouse, f"select {columns} from {table.address}"), table)
        note(warehouse, {node: (now, None)})
