"""Pairings recomputed for every cohort that is being formed: proposals, never more, until a person approves them."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.settings import settings
from pipelines.stages.proposals import READ, TABLES, proposed
from pipelines.warehouse import claim_writer, connect, replace_table, transaction

GROUP = "analytics"


@dg.multi_asset(
    name="matching",
    specs=[
        dg.AssetSpec(
            [GROUP, name],
            group_name=GROUP,
            description=description,
            owners=["team:data-science"],
            kinds={"polars", "duckdb"},
            deps=[dg.AssetKey(table.split(".")) for table in READ],
        )
        for name, description in TABLES.items()
    ],
)
def matching(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Read the forming cohorts, solve each exactly, write the proposals, report coverage and proof."""
    workspace = settings()
    claim_writer(workspace.warehouse)
    with connect(workspace.warehouse) as warehouse, transaction(warehouse):
        tables = proposed(warehouse)
        for name, frame in tables.items():
            replace_table(warehouse, f"{GROUP}.{name}", frame)
    for run in tables["match_runs"].to_dicts():
        context.log.info(
            f"{run['cohort_id']}: {run['matched']} of {run['mentees']} mentees matched, gap {run['gap']:.1e}"
        )
    for name, frame in tables.items():
        yield dg.MaterializeResult(asset_key=[GROUP, name], metadata={"dagster/row_count": frame.height})
