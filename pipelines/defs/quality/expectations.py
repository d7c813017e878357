"""Great Expectations on every raw table, as blocking checks: nothing downstream runs on a table that breaks its contract."""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from pipelines.contracts import TABLES
from pipelines.settings import settings
from pipelines.stages.contract_checks import contract_results
from pipelines.warehouse import claim_writer, connect, replace_table, transaction


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
        results = dict(contract_results(warehouse))
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
