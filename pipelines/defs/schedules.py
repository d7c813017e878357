"""All jobs and schedules, and the sensors that start runs, in one place."""

import dagster as dg
import duckdb

from pipelines.components.following import FOLLOWING, what_follows
from pipelines.decisions import StoreUnreachable
from pipelines.settings import settings
from pipelines.stages.inputs_seen import folders_as_they_are, inputs_as_they_are

EVERYTHING = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("months"),
    description="From source bytes to the published snapshot and the report. One process: DuckDB has one writer.",
)
REMATCH = dg.define_asset_job(
    "rematch",
    selection=(
        (dg.AssetSelection.keys("landing/decisions").downstream() & dg.AssetSelection.groups("analytics").upstream())
        | dg.AssetSelection.groups("analytics")
        | dg.AssetSelection.keys("serving/snapshot", "marts/published_pairs")
    ).required_multi_asset_neighbors(),
    description="From people's decisions and what the warehouse holds to new proposals and a new snapshot. Sources that didn't change aren't read again.",
)
REPORT = dg.define_asset_job(
    "report",
    selection=dg.AssetSelection.groups("reports"),
    description="The leadership report and the summary, from the snapshot that is published.",
)


@dg.sensor(
    name="watched_folders",
    job=EVERYTHING,
    minimum_interval_seconds=60,
    description="Runs everything when an export is put into a source's folder. Off until it is switched on.",
)
def watched_folders(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Two looks must agree before a run begins, so that a file that is still being copied isn't read."""
    now = folders_as_they_are()
    seen, _, done = (context.cursor or "|").partition("|")
    if now == done:
        return dg.SkipReason("Nothing new in the folders.")
    if now != seen:
        context.update_cursor(f"{now}|{done}")
        return dg.SkipReason("Files have changed; they are read when they have come to rest.")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=now)], cursor=f"{now}|{now}")


@dg.sensor(
    name="matching_inputs",
    job=REMATCH,
    minimum_interval_seconds=60,
    description="Matches again when applications, capacities, exits or decisions changed. Off until it is switched on.",
)
def matching_inputs(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """The cursor is the hash of what a matching starts from, so that a run that changes none of it isn't asked for twice."""
    try:
        now = inputs_as_they_are()
    except (duckdb.Error, StoreUnreachable) as problem:
        return dg.SkipReason(f"Can't be looked at now, the next look is in a minute: {problem}")
    if now is None:
        return dg.SkipReason("No cohort is being formed yet.")
    if now == context.cursor:
        return dg.SkipReason("Applications, capacities, exits and decisions are as they were.")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=now)], cursor=now)


@dg.definitions
def defs() -> dg.Definitions:
    """A load every night and the leadership report on the second of each month, or as the workspace file says; on in a workspace of your own, off in the demo."""
    workspace = settings()
    planned, is_own = workspace.schedule, bool(workspace.sources) and not workspace.is_demo
    on = {True: dg.DefaultScheduleStatus.RUNNING, False: dg.DefaultScheduleStatus.STOPPED}
    return dg.Definitions(
        jobs=[EVERYTHING, REMATCH, FOLLOWING, REPORT],
        sensors=[watched_folders, matching_inputs, what_follows],
        schedules=[
            dg.ScheduleDefinition(
                name="nightly",
                job=EVERYTHING,
                cron_schedule=planned.load,
                execution_timezone=planned.zone,
                default_status=on[is_own],
                description="Load, check, model, match, estimate, publish.",
            ),
            dg.ScheduleDefinition(
                name="monthly_leadership_report",
                job=REPORT,
                cron_schedule=planned.report,
                execution_timezone=planned.zone,
                # where the report goes out by mail, that schedule issues it
                default_status=on[is_own and workspace.report_mail is None],
                description="Render the leadership report after the month is complete.",
            ),
        ],
    )
