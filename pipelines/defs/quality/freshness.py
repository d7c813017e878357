"""Is each source as fresh as agreed? A warning on its landing asset, and the same words that the pages show; nothing stops for it."""

from collections.abc import Iterator

import dagster as dg

from pipelines.settings import settings
from pipelines.sources_configured import configured_sources
from pipelines.stages.source_ages import source_ages
from pipelines.warehouse import connect

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
        ages = source_ages(warehouse)
    for source_id, days in LIMITS.items():
        age = ages.get(source_id)
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
