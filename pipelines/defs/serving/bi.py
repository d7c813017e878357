"""The published release for business intelligence tools, under names that never change."""

import dagster as dg

from pipelines.bi.contract import CONTRACT
from pipelines.bi.folder import write_folder
from pipelines.bi.tables import tables_of
from pipelines.serving.snapshot import current
from pipelines.settings import settings


@dg.asset(
    key=["serving", "bi_export"],
    group_name="serving",
    description="Parquet files and one DuckDB file with stable names and a versioned contract, from the published snapshot: small groups are hidden already.",
    owners=["team:data-engineering"],
    kinds={"parquet"},
    deps=[dg.AssetKey(["serving", "snapshot"])],
)
def bi_export() -> dg.MaterializeResult[None]:
    """Read the snapshot's file, keep the contract's columns, write, report how much."""
    workspace = settings()
    release = current(workspace.serving)
    if release is None:
        raise dg.Failure("No snapshot is published. Materialise `serving/snapshot` first.")
    frames = tables_of(release)
    write_folder(workspace.data / "bi", frames)
    rows = sum(frame.height for frame in frames.values())
    return dg.MaterializeResult(metadata={"contract": CONTRACT.version_words, "tables": len(frames), "rows": rows})
