"""The register of connectors: the names that a workspace file may use, the kind of system behind each, and how remote ones are asked."""

from typing import Any

from pipelines.sources import mapped_files, sql
from pipelines.sources.cleaned import cleaned, cleaned_changes, cleaned_in_parts
from pipelines.sources.hris import bamboohr, hibob, oneroster, scim, successfactors, workday
from pipelines.sources.hris.bamboohr import api as bamboohr_api
from pipelines.sources.records import Connector, ConnectorInParts, ConnectorOfChanges
from pipelines.sources.registry import match_decisions, programme_files
from pipelines.sources.remote.fetching import RemoteSystem
from pipelines.sources.sessions import caldav, google_calendar, ics, msgraph_calendar, teams_files
from pipelines.sources.sessions.zoom import api as zoom_api
from pipelines.sources.sessions.zoom import files as zoom_files
from pipelines.sources.sql.tables import SYSTEM as SQL
from pipelines.sources.surveys import files as survey_files
from pipelines.sources.surveys import qualtrics, surveymonkey, typeform
from pipelines.sources.surveys.qualtrics import api as qualtrics_api

_CONNECTORS: dict[str, Connector] = {
    "bamboohr": bamboohr.read,
    "bamboohr_api": bamboohr_api.read,
    "ics_files": ics.read,
    "mapped_files": mapped_files.read,
    "oneroster_files": oneroster.read,
    "match_decisions": match_decisions.read,
    "programme_files": programme_files.read,
    "qualtrics_files": qualtrics.read,
    "hibob": hibob.read,
    "caldav": ics.read,
    "google_calendar": google_calendar.read,
    "msgraph_calendar": msgraph_calendar.read,
    "zoom": zoom_api.read,
    "zoom_files": zoom_files.read,
    "teams_files": teams_files.read,
    "scim": scim.read,
    "qualtrics_api": qualtrics_api.read,
    "survey_files": survey_files.read,
    "surveymonkey": surveymonkey.read,
    "typeform": typeform.read,
    "successfactors": successfactors.read,
    "workday": workday.read,
    "sql": sql.read,
}

CONNECTORS: dict[str, Connector] = {name: cleaned(read) for name, read in _CONNECTORS.items()}
"""Every connector by its name; what it reads is cleaned (`cleaned.py`), whichever it is."""

_IN_PARTS: dict[str, ConnectorInParts] = {
    "hibob": hibob.read_in_parts,
    "mapped_files": mapped_files.read_in_parts,
    "qualtrics_files": qualtrics.read_in_parts,
    "sql": sql.read_in_parts,
    "successfactors": successfactors.read_in_parts,
    "workday": workday.read_in_parts,
}
IN_PARTS: dict[str, ConnectorInParts] = {name: cleaned_in_parts(read) for name, read in _IN_PARTS.items()}
"""Connectors that can hand over a large source in parts of bounded size, where the options let them."""

REMOTE: dict[str, RemoteSystem] = {
    "bamboohr_api": bamboohr_api.SYSTEM,
    "hibob": hibob.SYSTEM,
    "caldav": caldav.SYSTEM,
    "google_calendar": google_calendar.SYSTEM,
    "msgraph_calendar": msgraph_calendar.SYSTEM,
    "zoom": zoom_api.SYSTEM,
    "scim": scim.SYSTEM,
    "qualtrics_api": qualtrics_api.SYSTEM,
    "surveymonkey": surveymonkey.SYSTEM,
    "typeform": typeform.SYSTEM,
    "successfactors": successfactors.SYSTEM,
    "workday": workday.SYSTEM,
    "sql": SQL,
}
"""Connectors that ask a system over the network; the others read files that somebody put there."""

OF_CHANGES: dict[str, ConnectorOfChanges] = {"sql": cleaned_changes(sql.read_changes)}
"""Connectors that can tell what is new beside the files of an earlier load."""

SHIPPED_MAPPINGS: dict[str, dict[str, Any]] = {
    "hibob": hibob.MAPPING,
    "successfactors": successfactors.MAPPING,
    "workday": workday.MAPPING,
}
"""Mappings that come with a connector; a source's own mapping file takes their place."""

SYSTEM_OF_CONNECTOR = {
    "bamboohr": "bamboohr",
    "bamboohr_api": "bamboohr",
    "ics_files": "icalendar",
    "mapped_files": "files",
    "oneroster_files": "oneroster",
    "match_decisions": "match_decisions",
    "programme_files": "programme_files",
    "qualtrics_files": "qualtrics",
    "hibob": "hibob",
    "caldav": "caldav",
    "google_calendar": "google_calendar",
    "msgraph_calendar": "msgraph_calendar",
    "zoom": "zoom",
    "zoom_files": "zoom",
    "teams_files": "teams",
    "scim": "scim",
    "qualtrics_api": "qualtrics",
    "survey_files": "survey_files",
    "surveymonkey": "surveymonkey",
    "typeform": "typeform",
    "successfactors": "successfactors",
    "workday": "workday",
    "sql": "sql",
}
"""What `source_system` says of every row."""

READ_BY_THE_CLOCK = frozenset({"caldav", "google_calendar", "ics_files", "msgraph_calendar", "programme_files"})
"""Connectors whose rows depend on the day as of which is counted (a meeting is in the past, the workspace's own row)."""
