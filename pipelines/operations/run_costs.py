"""What a run costs: seconds by stage, and memory."""

import resource

import dagster as dg

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


def seconds_by_stage(instance: dg.DagsterInstance, run_id: str) -> dict[str, float]:
    """Seconds by stage of the steps that the run has finished."""
    seconds: dict[str, float] = {}
    for step in instance.get_run_step_stats(run_id):
        if step.start_time and step.end_time:
            stage = (
                "landing" if step.step_key.startswith("landing__") else STAGE_OF_STEP.get(step.step_key, step.step_key)
            )
            seconds[stage] = seconds.get(stage, 0.0) + step.end_time - step.start_time
    return seconds


def peak_memory_mb() -> float:
    """Greatest resident size of this process and of its greatest child (dbt), MB; Linux counts in kB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + child) / 1024
