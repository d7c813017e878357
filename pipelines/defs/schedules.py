"""All jobs, schedules and sensors in one place."""

import dagster as dg

from pipelines.defs.landing.assets import folders_of
from pipelines.defs.sources_configured import configured_sources, planned_schedule
from pipelines.landing import files_below
from pipelines.settings import content_hash
from pipelines.sources.connectors import REMOTE

EVERYTHING = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="From source bytes to the published snapshot and the report. One process: DuckDB has one writer.",
)
REPORT = dg.define_asset_job(
    "report",
    selection=dg.AssetSelection.groups("reports"),
    executor_def=dg.in_process_executor,
    description="The leadership report and the summary, from the snapshot that is published.",
)


def folders_as_they_are() -> str:
    """Hash of name, size and time of change of every file in the folders of the file sources; a missing folder counts as empty."""
    told = []
    for source in configured_sources():
        if source.connector in REMOTE:
            continue
        for name, path in sorted(files_below([folder for folder in folders_of(source) if folder.exists()]).items()):
            seen = path.stat()
            told.append(f"{source.source_id}|{name}|{seen.st_size}|{seen.st_mtime_ns}")
    return content_hash("\n".join(told).encode())


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


@dg.definitions
def defs() -> dg.Definitions:
    """A load every night and the leadership report on the second of each month, or as the workspace file says."""
    planned = planned_schedule()
    return dg.Definitions(
        jobs=[EVERYTHING, REPORT],
        sensors=[watched_folders],
        schedules=[
            dg.ScheduleDefinition(
                name="nightly",
                job=EVERYTHING,
                cron_schedule=planned.load,
                execution_timezone=planned.zone,
                description="Load, check, model, match, estimate, publish.",
            ),
            dg.ScheduleDefinition(
                name="monthly_leadership_report",
                job=REPORT,
                cron_schedule=planned.report,
                execution_timezone=planned.zone,
                description="Render the leadership report after the month is complete.",
            ),
        ],
    )
