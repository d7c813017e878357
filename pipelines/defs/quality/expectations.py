"""Great Expectations on every raw table, as blocking checks: nothing downstream runs on a table that breaks its contract."""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from pipelines.contracts import TABLES
from pipelines.settings import settings
from pipelines.warehouse import claim_writer, connect, read_frame, replace_table


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
    """Read each raw table, validate it, write every result, report what fails in words."""
    from pipelines.quality.suites import validate

    workspace = settings()
    claim_writer(workspace.warehouse)
    results = []
    with connect(workspace.warehouse) as warehouse:
        for table in TABLES:
            columns = ", ".join(column.name for column in table.all_columns if column.pii != "P2")
            found = validate(read_frame(warehouse, f"select {columns} from {table.address}"), table)
            results.append(found)
            failed = found.filter(~pl.col("passed"))
            words = [f"{row['check_name']} {row['column_name'] or ''}: {row['observed']}" for row in failed.to_dicts()]
            if words:
                context.log.error(f"{table.address}: {'; '.join(words)}")
            yield dg.AssetCheckResult(
                asset_key=[table.schema, table.name],
                check_name="expectations",
                passed=failed.is_empty(),
                metadata={
                    "evaluated": found.height,
                    "failed": failed.height,
                    "what_failed": "; ".join(words) or "nothing",
                },
            )
        replace_table(warehouse, "quality.check_results", pl.concat(results))
