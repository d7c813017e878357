"""The register of connectors: the names that a workspace file may use."""

from pipelines.sources import mapped_files
from pipelines.sources.hris import bamboohr, oneroster
from pipelines.sources.records import Connector
from pipelines.sources.registry import programme_files
from pipelines.sources.sessions import ics
from pipelines.sources.surveys import qualtrics

CONNECTORS: dict[str, Connector] = {
    "bamboohr": bamboohr.read,
    "ics_files": ics.read,
    "mapped_files": mapped_files.read,
    "oneroster_files": oneroster.read,
    "programme_files": programme_files.read,
    "qualtrics_files": qualtrics.read,
}
