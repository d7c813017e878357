"""What a connector says of itself, once: its name, how it reads, what it fills, what it may be told, and what its documentation says.

A module below `pipelines/sources` that holds a `SPEC` is a connector; `connectors.py` finds it there. Registers, commands and the tables of the documentation are made of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pipelines.sources.records import Read, ReadChanges, ReadInParts
from pipelines.sources.remote.fetching import RemoteSystem

Kind = Literal["HRIS and directories", "Sessions", "Surveys", "Mentoring platforms", "Files"]
OptionType = Literal["text", "secret", "number", "yes or no", "list", "table"]

PEOPLE = frozenset({"persons", "person_identifiers", "person_demographics", "employment_spells", "job_history"})
SESSIONS = frozenset({"sessions", "session_participants"})
SURVEYS = frozenset({"surveys", "survey_questions", "survey_responses", "survey_answers"})


@dataclass(frozen=True)
class Option:
    """An option that a connector reads. `type`: what stands in the workspace file; a secret stands there by name, `${NAME}`."""

    name: str
    type: OptionType
    words: str

    def takes(self, value: Any) -> bool:
        """Whether `value` may stand there. Nothing may, and so may a reference to the environment, whose value is always a text."""
        if value is None or (isinstance(value, str) and "${" in value):
            return True
        if isinstance(value, bool):
            return self.type == "yes or no"
        if self.type == "number" and isinstance(value, str):
            return value.strip().replace(".", "", 1).isdigit()
        return isinstance(value, _TYPES[self.type])


_TYPES: Mapping[OptionType, type | tuple[type, ...]] = {
    "text": (str, int, float, date),
    "secret": str,
    "number": (int, float),
    "yes or no": bool,
    "list": (list, tuple),
    "table": Mapping,
}
_WORDS: Mapping[OptionType, str] = {"text": "a text", "number": "a number", "list": "a list", "table": "a table"}


@dataclass(frozen=True)
class Documentation:
    """What people are told. `brings`: canonical tables. `tested`: against what. `bad_data`: cases that its tests hold. `page`: its page in docs/sources; `example`: an entry of the workspace file."""

    title: str
    kind: Kind
    page: str
    brings: str
    changes: str
    tested: str
    bad_data: str
    history: str = ""
    example: str = ""


OF_ALL_REMOTE = (
    Option(
        "retry", "table", "`{attempts: 8, budget_seconds: 900}`: how often and how long a refused call is tried again"
    ),
    Option("full_every_days", "number", "days after which everything is read again instead of changes alone (7)"),
    Option("max_pages", "number", "pages of one list after which it is refused as endless (20,000)"),
)


@dataclass(frozen=True)
class Connector:
    """One connector.

    system: what `source_system` says of its rows. tables: those that it fills; None where a mapping says so. in_parts: reads a large source in parts, where the options let it. changes: tells
    what is new beside the files of an earlier load. remote: asks the system over a network; the others read files that somebody put there. mapping: the one that it comes with; a source's own takes
    its place. follows_the_day: the same bytes give other rows on another day (a meeting is in the past by then).
    """

    name: str
    system: str
    read: Read
    tables: frozenset[str] | None
    documentation: Documentation
    own_options: tuple[Option, ...] = ()
    in_parts: ReadInParts | None = None
    changes: ReadChanges | None = None
    remote: RemoteSystem | None = None
    mapping: Mapping[str, Any] = field(default_factory=dict)
    follows_the_day: bool = False

    @property
    def options(self) -> tuple[Option, ...]:
        """All options that some part of the connector reads."""
        return (*self.own_options, *(OF_ALL_REMOTE if self.remote else ()))

    def unknown_options(self, given: Iterable[str]) -> list[str]:
        """Names among `given` that no part of the connector reads: a slip of the pen, which would change nothing and be told by nobody."""
        return sorted(set(given) - {option.name for option in self.options})

    def wrong_options(self, given: Mapping[str, Any]) -> list[str]:
        """What stands in known options where something of another type is read: a text in the place of a list would be read letter by letter."""
        return [
            f"{option.name} holds {_said(given[option.name])} where {_WORDS.get(option.type, option.type)} is read"
            for option in self.options
            if not option.takes(given.get(option.name))
        ]

    def tables_filled(self, own_mapping: Mapping[str, Any] | None = None) -> frozenset[str]:
        """The canonical tables, known before a byte is read. own_mapping: the source's, looked at only where a mapping decides."""
        if self.tables is not None:
            return self.tables
        mapping = own_mapping or self.mapping
        specs = [spec for entry in mapping.get("files") or [] for spec in entry.get("tables") or []]
        return frozenset(str(spec["table"]) for spec in (*specs, *(mapping.get("constants") or [])))


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes or no"
    kinds: tuple[OptionType, ...] = ("number", "list", "table")
    return _WORDS[next((kind for kind in kinds if isinstance(value, _TYPES[kind])), "text")]
