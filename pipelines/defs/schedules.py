"""All jobs, schedules and sensors in one place."""

import json

import dagster as dg
import duckdb

from pipelines.decisions import DecisionStore, StoreUnreachable, rows_of
from pipelines.loading.landing import files_below
from pipelines.matching_inputs.forming import forming_cohorts
from pipelines.settings import content_hash, settings
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect, read_frame
from pipelines.workspace_loads import folders_of

MATCHING_INPUTS = (
    """
        select application_id, person_key, role_sought, decision, capacity, submitted_at
        from marts.applications where cohort_id in (select unnest($1)) order by all
    """,
    """
        select preferences.application_id, preferences.kind, preferences.rank, preferences.value
        from marts.application_preferences as preferences
        inner join marts.applications as applications on preferences.application_id = applications.application_id
        where applications.cohort_id in (select unnest($1)) order by all
    """,
    """
        select spells.person_key, max(coalesce(spells.end_date, date '9999-12-31')) as last_day
        from marts.employment_spells as spells
        where spells.person_key in (select person_key from marts.applications where cohort_id in (select unnest($1)))
        group by all order by all
    """,
)
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


def folders_as_they_are() -> str:
    """Hash of name, size and time of change of every file in the folders of the file sources; a missing folder counts as empty."""
    told = []
    for source in configured_sources():
        if CONNECTORS[source.connector].remote or source.connector == "match_decisions":
            continue
        for name, path in sorted(files_below([folder for folder in folders_of(source) if folder.exists()]).items()):
            seen = path.stat()
            told.append(f"{source.source_id}|{name}|{seen.st_size}|{seen.st_mtime_ns}")
    return content_hash("\n".join(told).encode())


def inputs_as_they_are() -> str | None:
    """Hash of the applications (with seats), preferences, exits and decisions of the cohorts being formed; None where there are none.

    Raises duckdb.Error while a run writes the warehouse, and StoreUnreachable.
    """
    workspace = settings()
    if not workspace.warehouse.exists():
        return None
    with connect(workspace.warehouse, read_only=True) as warehouse:
        cohorts = [cohort["cohort_id"] for cohort in forming_cohorts(warehouse)]
        frames = [read_frame(warehouse, query, [cohorts]) for query in MATCHING_INPUTS] if cohorts else []
    if not cohorts:
        return None
    store = DecisionStore(workspace.decisions)
    decisions = [json.dumps(rows_of(store.decisions(cohort))) for cohort in cohorts]
    return content_hash(*(frame.write_ndjson().encode() for frame in frames), *(text.encode() for text in decisions))


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
        jobs=[EVERYTHING, REMATCH, REPORT],
        sensors=[watched_folders, matching_inputs],
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
