"""The leadership report and the summary of the run, both from the published snapshot."""

import resource
from pathlib import Path

import dagster as dg

from pipelines.serving.snapshot import current
from pipelines.serving.summary import summarise, write_summary
from pipelines.settings import Settings, settings

GROUP = "reports"
SNAPSHOT = dg.AssetKey(["serving", "snapshot"])
STAGE_OF_STEP = {
    "raw": "raw",
    "expectations": "quality",
    "freshness": "quality",
    "dbt_models": "dbt",
    "matching": "matching",
    "analytics__match_pairs_no_hard_rule_is_broken": "matching",
    "analytics__match_runs_the_optimum_is_proven": "matching",
    "analytics__match_group_audit_no_group_falls_under_four_fifths": "matching",
    "impact_effects": "impact",
    "serving__snapshot": "serving",
    "serving__bi_export": "serving",
    "messages__drafts": "messages",
    "reports__leadership_report": "report",
}


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
        _published(workspace), run_id=context.run_id, seconds=_seconds(context), peak_memory_mb=_peak_memory_mb()
    )
    found["standing"] = standing(Snapshot(_published(workspace)))
    write_summary(found, target)
    return dg.MaterializeResult(metadata={"file": str(target), "peak_memory_mb": found["peak_memory_mb"]})


def _published(workspace: Settings) -> Path:
    path = current(workspace.serving)
    if path is None:
        raise FileNotFoundError(f"Nothing is published in {workspace.serving}. Run `make demo` or `impact run` first.")
    return path


def _seconds(context: dg.AssetExecutionContext) -> dict[str, float]:
    """Seconds by stage of the steps that this run has finished."""
    seconds: dict[str, float] = {}
    for step in context.instance.get_run_step_stats(context.run_id):
        if step.start_time and step.end_time:
            stage = (
                "landing" if step.step_key.startswith("landing__") else STAGE_OF_STEP.get(step.step_key, step.step_key)
            )
            seconds[stage] = seconds.get(stage, 0.0) + step.end_time - step.start_time
    return seconds


def _peak_memory_mb() -> float:
    """Greatest resident size of this process and of its greatest child (dbt), MB; Linux counts in kB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + child) / 1024
