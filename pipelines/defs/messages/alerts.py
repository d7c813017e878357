"""Sensors that keep how each run ended, and tell whom the workspace names: one alert per incident, one when it is over."""

import dagster as dg

from pipelines.operations.after_run import after_run
from pipelines.operations.alerts import is_configured, review
from pipelines.settings import settings


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING, description="Keeps that a run failed, and tells whom the workspace names, once per incident.")  # fmt: skip
def run_failed(context: dg.RunFailureSensorContext) -> None:
    """However the run was started."""
    run, steps = context.dagster_run, context.get_step_failure_events()
    where = (steps[0].step_key or "a step") if steps else "its start"
    after_run(settings(), run.job_name, run.run_id, where=where.replace("__", " ").replace("_", " "))


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, default_status=dg.DefaultSensorStatus.RUNNING, description="Keeps that a run succeeded; tells that an incident is over.")  # fmt: skip
def run_succeeded(context: dg.RunStatusSensorContext) -> None:
    """However the run was started."""
    after_run(settings(), context.dagster_run.job_name, context.dagster_run.run_id)


def look(_context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Late runs and stale sources, which no run tells of."""
    found, news = review(settings())
    return dg.SkipReason(f"{len(found.problems)} problems are open; {len(news.begun)} new, {len(news.over)} over.")


@dg.definitions
def defs() -> dg.Definitions:
    """The watch is on once there is somebody to tell."""
    watch = dg.SensorDefinition(
        name="watch",
        evaluation_fn=look,
        minimum_interval_seconds=300,
        description="Late runs and stale sources: one alert per incident, and one when it is over.",
        default_status=dg.DefaultSensorStatus.RUNNING if is_configured(settings()) else dg.DefaultSensorStatus.STOPPED,
    )
    return dg.Definitions(sensors=[run_failed, run_succeeded, watch])
