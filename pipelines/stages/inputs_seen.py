"""What sensors compare from look to look: the files of folders, and what a matching starts from."""

import json

from pipelines.decisions import DecisionStore, rows_of
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
