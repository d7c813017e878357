"""One partitioned asset a source whose files are named by month, and the job in which chosen months are landed and everything behind them is made anew (decision 027)."""

import dagster as dg

from pipelines.defs.landing.assets import OWNERS, months_of
from pipelines.loading.months import month_of
from pipelines.sources_configured import configured_sources
from pipelines.workspace_entries import SourceSettings
from pipelines.workspace_loads import landed

JOB = "months"


def _month_asset(source: SourceSettings, months: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=["months", source.source_id],
        group_name="months",
        description=f"Files of a month of {source.source_id}, landed as they lie now while the other months stay as they are loaded.",
        owners=OWNERS,
        kinds={"file"},
        partitions_def=months,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def month(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        load = landed(source, months_of(context))
        files = sum(month_of(name) in context.partition_keys for name in load.files)
        return dg.MaterializeResult(metadata={"load_id": load.load_id, "files": files, "is_new": load.is_new})

    return month


@dg.definitions
def defs() -> dg.Definitions:
    """Nothing where no source is kept by month."""
    by_month = {source.source_id: source for source in configured_sources() if source.months_from}
    if not by_month:
        return dg.Definitions()
    first = min(str(source.months_from) for source in by_month.values())
    months = dg.MonthlyPartitionsDefinition(start_date=first, fmt="%Y-%m", end_offset=1)
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        description="Chosen months of the sources that are kept by month, landed as they lie now; all others stay as they are loaded. Then everything behind them.",
    )
    return dg.Definitions(assets=[_month_asset(source, months) for source in by_month.values()], jobs=[job])
