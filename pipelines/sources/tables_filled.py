"""Which canonical tables a source fills, known before a byte of it is read: by its mapping, or by what its connector makes."""

from collections.abc import Mapping
from typing import Any

PEOPLE = frozenset({"persons", "person_identifiers", "person_demographics", "employment_spells", "job_history"})
SESSIONS = frozenset({"sessions", "session_participants"})
SURVEYS = frozenset({"surveys", "survey_questions", "survey_responses", "survey_answers"})

FILLED: Mapping[str, frozenset[str]] = {
    "bamboohr": PEOPLE,
    "bamboohr_api": PEOPLE,
    "caldav": SESSIONS,
    "google_calendar": SESSIONS,
    "ics_files": SESSIONS,
    "match_decisions": frozenset({"match_decisions"}),
    "msgraph_calendar": SESSIONS,
    "oneroster_files": frozenset({"persons", "person_identifiers", "employment_spells"}),
    "programme_files": frozenset(
        {"programmes", "programme_goals", "programme_segments", "cohorts", "levels", "workspace"}
    ),
    "qualtrics_api": SURVEYS,
    "qualtrics_files": SURVEYS | {"survey_invitations"},
    "scim": frozenset({"persons", "person_identifiers", "job_history"}),
    "survey_files": SURVEYS,
    "surveymonkey": SURVEYS,
    "teams_files": SESSIONS,
    "typeform": SURVEYS,
    "zoom": SESSIONS,
    "zoom_files": SESSIONS,
}
"""Tables of the connectors that aren't told by a mapping which ones to fill."""


def tables_filled(connector: str, mapping: Mapping[str, Any]) -> frozenset[str]:
    """Names of canonical tables. mapping: the source's own, or the one that comes with its connector; looked at only where it decides."""
    if connector in FILLED:
        return FILLED[connector]
    specs = [spec for entry in mapping.get("files") or [] for spec in entry.get("tables") or []]
    return frozenset(str(spec["table"]) for spec in (*specs, *(mapping.get("constants") or [])))
