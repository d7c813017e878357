"""One asset a configured source: its bytes, kept in the landing zone under a name made from their content."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dagster as dg

from pipelines.loading.months import months_between
from pipelines.sources_configured import configured_sources
from pipelines.workspace_entries import SourceSettings
from pipelines.workspace_loads import MonthsOfRun, bring, landed, months_of_run

OWNERS = ["team:data-engineering"]
WARN_FROM = 0.8
"""Share of the agreed days after which Dagster warns."""


def _agreed_age(source: SourceSettings) -> dg.FreshnessPolicy | None:
    """How long ago something new may have been landed, for Dagster's own pages and alerts; the check `as_fresh_as_agreed` looks at the records' days instead."""
    if not source.freshness_days or source.freshness_days < 1:
        return None
    agreed = timedelta(days=source.freshness_days)
    return dg.FreshnessPolicy.time_window(fail_window=agreed, warn_window=agreed * WARN_FROM)


def months_of(context: dg.AssetExecutionContext) -> MonthsOfRun | None:
    """The months to which the run is limited, by the partitions it was started with; None where it takes everything."""
    tags = context.run.tags
    first, last = (
        tags.get(f"dagster/asset_partition_range_{end}", tags.get("dagster/partition")) for end in ("start", "end")
    )
    return months_of_run(months_between(f"{first}..{last}") if first and last else ())


def _landing_asset(source: SourceSettings) -> dg.AssetsDefinition:
    @dg.asset(
        key=["landing", source.source_id],
        group_name="landing",
        description=f"Source bytes of {source.source_id} ({source.connector}), as they came.",
        owners=OWNERS,
        kinds={"file"},
        freshness_policy=_agreed_age(source),
        deps=[["months", source.source_id]] if source.months_from else None,
    )
    def landing_zone(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        months = months_of(context)
        if months is None:
            bring(source, context.log.info)
        load = landed(source, months)
        metadata: Mapping[str, Any] = {
            "load_id": load.load_id,
            "extracted_at": load.extracted_at,
            "files": len(load.files),
            "bytes": load.total_bytes,
            "is_new": load.is_new,
        }
        return dg.MaterializeResult(metadata=metadata)

    return landing_zone


@dg.definitions
def defs() -> dg.Definitions:
    """Landing assets of every source in the workspace file."""
    return dg.Definitions(assets=[_landing_asset(source) for source in configured_sources()])
