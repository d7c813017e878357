"""The leadership report and the summary of the run, both from the published snapshot."""

from pathlib import Path

import dagster as dg

from pipelines.operations.run_costs import peak_memory_mb, seconds_by_stage
from pipelines.serving.snapshot import current
from pipelines.serving.summary import summarise, write_summary
from pipelines.settings import Settings, settings

GROUP = "reports"
SNAPSHOT = dg.AssetKey(["serving", "snapshot"])


@dg.asset(
    key=[GROUP, "leadership_report"],
    group_name=GROUP,
    description="PDF, HTML and text for leadership, rendered from the published snapshot and kept in the archive; same snapshot, same bytes.",
    owners=["team:programme-office"],
    kinds={"typst"},
    deps=[SNAPSHOT],
)
def leadership_report() -> dg.MaterializeResult[None]:
    """Read the snapshot, render, write, report where."""
    from dashboards.reports import issue

    workspace = settings()
    written = issue(_published(workspace), workspace.reports)
    return dg.MaterializeResult(metadata={path.suffix.removeprefix("."): str(path) for path in written})


@dg.asset(
    key=[GROUP, "summary"],
    group_name=GROUP,
    description="summary.json: what this run read, counted, matched and estimated, its seconds and its memory.",
    owners=["team:data-engineering"],
    kinds={"json"},
    deps=[SNAPSHOT, dg.AssetKey([GROUP, "leadership_report"])],
)
def summary(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Read the snapshot and the run's own statistics, summarise, write, report where."""
    from dashboards.facts.decision import standing
    from dashboards.snapshot import Snapshot

    workspace = settings()
    target = workspace.reports / "latest" / "summary.json"
    found = summarise(
        _published(workspace),
        run_id=context.run_id,
        seconds=seconds_by_stage(context.instance, context.run_id),
        peak_memory_mb=peak_memory_mb(),
    )
    found["standing"] = standing(Snapshot(_published(workspace)))
    write_summary(found, target)
    return dg.MaterializeResult(metadata={"file": str(target), "peak_memory_mb": found["peak_memory_mb"]})


def _published(workspace: Settings) -> Path:
    path = current(workspace.serving)
    if path is None:
        raise FileNotFoundError(f"Nothing is published in {workspace.serving}. Run `make demo` or `impact run` first.")
    return path
