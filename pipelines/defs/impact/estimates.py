"""Every declared outcome of every programme: estimated by the best design that the data allow, or refused."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.contracts.declared_outcomes import DeclarationError
from pipelines.registrations import receipts
from pipelines.settings import settings
from pipelines.stages.effects import TABLES, estimated
from pipelines.stages.programme_records import RECORDS
from pipelines.warehouse import claim_writer, connect, replace_table, transaction


@dg.multi_asset(
    name="impact_effects",
    specs=[
        dg.AssetSpec(
            ["impact", name],
            group_name="impact",
            description=description,
            owners=["team:data-science"],
            kinds={"polars", "duckdb"},
            deps=[dg.AssetKey(table.split(".")) for table in ("marts.programmes", *RECORDS)],
        )
        for name, (description, _) in TABLES.items()
    ],
)
def impact_effects(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Read declarations and marts, estimate, write all tables, report verdicts."""
    workspace = settings()
    claim_writer(workspace.warehouse)
    with connect(workspace.warehouse) as warehouse, transaction(warehouse):
        try:
            frames = estimated(warehouse, receipts(workspace), context.log.info)
        except DeclarationError as problem:
            raise dg.Failure(f"{problem} Correct the programme's file and run again.", allow_retries=False) from problem
        for name, frame in frames.items():
            replace_table(warehouse, f"impact.{name}", frame)
    verdicts = dict(frames["estimates"].group_by("verdict").len().sort("verdict").iter_rows())
    context.log.info(f"{frames['estimates'].height} estimates: {verdicts}")
    for name, frame in frames.items():
        shown = verdicts if name == "estimates" else {}
        yield dg.MaterializeResult(["impact", name], metadata={"dagster/row_count": frame.height, **shown})
