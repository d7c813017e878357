"""One asset a configured source: its bytes, kept in the landing zone under a name made from their content."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipelines.sources_configured import configured_sources
from pipelines.workspace_entries import SourceSettings
from pipelines.workspace_loads import bring, landed

OWNERS = ["team:data-engineering"]


def _landing_asset(source: SourceSettings) -> dg.AssetsDefinition:
    @dg.asset(
        key=["landing", source.source_id],
        group_name="landing",
        description=f"Source bytes of {source.source_id} ({source.connector}), as they came.",
        owners=OWNERS,
        kinds={"file"},
    )
    def landing_zone(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        bring(source, context.log.info)
        load = landed(source)
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
