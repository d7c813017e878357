"""Publishing: what readers may see, small groups already hidden, in a new file that replaces the old one at once."""

from typing import Any

import dagster as dg
from dagster_shared.check import CheckError

from pipelines.loading.history import keep_history
from pipelines.serving.published import PUBLISHED, STAMP, split
from pipelines.serving.snapshot import content_hash, current, publish, published_hash, write_tables
from pipelines.settings import settings
from pipelines.stages.lineage import lineage
from pipelines.stages.release import release, without_noise
from pipelines.stages.stamp import stamp
from pipelines.warehouse import claim_writer

WRITTEN_BY_CHECKS = {"quality.check_results"}
"""Tables that no asset makes."""
UPSTREAM = sorted(frozenset().union(*(one.upstream for one in PUBLISHED)) - WRITTEN_BY_CHECKS)


@dg.asset(
    key=["serving", "snapshot"],
    group_name="serving",
    description="The published snapshot: readers' and managers' files, small groups hidden, swapped in atomically.",
    owners=["team:data-engineering"],
    kinds={"duckdb"},
    deps=[dg.AssetKey(address.split(".")) for address in UPSTREAM],
)
def snapshot(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Read the release, hide small groups, publish, report what changed."""
    workspace = settings()
    claim_writer(workspace.warehouse)
    tables, as_of = release(workspace)
    tables |= lineage(_asset_graph(context))
    readers, managers = split(tables)
    readers = {name: without_noise(frame) for name, frame in readers.items()}
    digest = content_hash({**readers, **{f"managers.{name}": frame for name, frame in managers.items()}})
    unchanged = published_hash(workspace.serving) == digest
    if not unchanged:
        readers[STAMP] = stamp(workspace, digest, as_of, context.run_id)
        publish(workspace.serving, lambda path: write_tables(path, readers), lambda path: write_tables(path, managers))
    keep_history(workspace.warehouse, workspace.history)
    published = current(workspace.serving)
    context.log.info(f"{'kept' if unchanged else 'published'} {published}")
    return dg.MaterializeResult(
        metadata={
            "content_hash": digest,
            "unchanged": unchanged,
            "file": str(published),
            "tables": len(readers),
            "cells_hidden": int(readers["metric_values"]["is_suppressed"].sum()),
        }
    )


def _asset_graph(context: dg.AssetExecutionContext) -> Any:
    """The whole graph where a run was launched by Dagster (it may hold a few assets only); the command line's job has them all."""
    try:
        return context.repository_def.asset_graph
    except CheckError:
        return context.job_def.asset_layer.asset_graph
