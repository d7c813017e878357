"""Is each source as fresh as agreed? A warning on its landing asset, and the same words that the pages show; nothing stops for it."""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from pipelines.settings import settings
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect, read_frame

AGES = """
    select loads.source_id, loads.extracted_at, cast(workspace.as_of_date - coalesce(loads.newest_record_on, cast(loads.extracted_at at time zone coalesce(workspace.zone, 'UTC') as date)) as integer) as age_days
    from quality.loads as loads
    cross join raw_registry.workspace as workspace
    where loads.is_current
"""
LIMITS = {
    source.source_id: source.freshness_days for source in configured_sources() if source.freshness_days is not None
}


@dg.multi_asset_check(
    name="freshness",
    specs=[
        dg.AssetCheckSpec(
            "as_fresh_as_agreed",
            asset=["landing", source_id],
            description=f"The newest record of {source_id} is at most {days} days older than the day up to which everything is counted.",
            additional_deps=[dg.AssetKey(["quality", "loads"])],
        )
        for source_id, days in LIMITS.items()
    ],
)
def freshness() -> Iterator[dg.AssetCheckResult]:
    """Compare each source's age with what was agreed."""
    with connect(settings().warehouse) as warehouse:
        ages = {row["source_id"]: row for row in read_frame(warehouse, AGES).sort(pl.col("extracted_at")).to_dicts()}
    for source_id, days in LIMITS.items():
        age = ages[source_id]["age_days"] if source_id in ages else None
        yield dg.AssetCheckResult(
            asset_key=["landing", source_id],
            check_name="as_fresh_as_agreed",
            passed=age is not None and age <= days,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={
                "age_days": age if age is not None else "never loaded",
                "agreed_days": days,
                "what_failed": f"the newest record of {source_id} is {age} days older than the day up to which everything is counted, {days} days are agreed"
                if age is not None
                else f"{source_id} was never loaded",
            },
        )
