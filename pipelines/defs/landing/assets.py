"""One asset a configured source: its bytes, kept in the landing zone under a name made from their content."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.defs.sources_configured import configured_sources, recipe_of
from pipelines.landing import Landed, land
from pipelines.settings import SourceSettings, settings

OWNERS = ["team:data-engineering"]


def landed(source: SourceSettings) -> Landed:
    """Land one source now, or find the load that holds the same bytes."""
    workspace = settings()
    return land(
        source.source_id, folders_of(source), workspace.landing, recipe=recipe_of(source), as_of=workspace.as_of
    )


def folders_of(source: SourceSettings) -> list[Path]:
    """The folders (or the one file) that hold a source's bytes."""
    return list(source.options.get("folders", [source.path]))


def _landing_asset(source: SourceSettings) -> dg.AssetsDefinition:
    @dg.asset(
        key=["landing", source.source_id],
        group_name="landing",
        description=f"Source bytes of {source.source_id} ({source.connector}), as they came.",
        owners=OWNERS,
        kinds={"file"},
    )
    def landing_zone() -> dg.MaterializeResult:
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
