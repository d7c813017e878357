"""All jobs, schedules and sensors in one place."""

import dagster as dg

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


@dg.definitions
def defs() -> dg.Definitions:
    """A load every night, the leadership report on the second of each month."""
    return dg.Definitions(
        jobs=[EVERYTHING, REPORT],
        schedules=[
            dg.ScheduleDefinition(
                name="nightly",
                job=EVERYTHING,
                cron_schedule="15 3 * * *",
                execution_timezone="UTC",
                description="Load, check, model, match, estimate, publish.",
            ),
            dg.ScheduleDefinition(
                name="monthly_leadership_report",
                job=REPORT,
                cron_schedule="0 7 2 * *",
                execution_timezone="UTC",
                description="Render the leadership report after the month is complete.",
            ),
        ],
    )
