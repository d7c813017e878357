"""The entries of a workspace file, each read and checked on its own; messages name the file, the entry and the next step, never a value that may be a secret."""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from cronsim import CronSim, CronSimError

from pipelines.checkout import SettingsError
from pipelines.contracts import SOURCE_FACTS
from pipelines.contracts.files.words import known_words
from pipelines.contracts.files.workspace_file import ScheduleWords, Source, WorkspaceFile
from pipelines.zones import zone_or_none

LEAST_GROUP = 3
"""No workspace may show groups below this size."""

RETAINED = ("landing", "quarantine", "reports", "logs")
"""Kinds of data for which `retention:` may say how many days they are kept."""


@dataclass(frozen=True)
class SourceSettings:
    """One configured source. `source_id` is the source_instance of every row; freshness_days None never gets stale; freshness_is_agreed: whether somebody stated it.

    holds: kinds of facts of which it holds all, so that their absence means that none occurred. months_from: the first month, where its files are named by month. path: folder of its files; for a system that is asked over the network, of the pages that were fetched (default data/fetched/<id>).
    """

    source_id: str
    connector: str
    path: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    mapping: Path | None = None
    freshness_days: int | None = 35
    freshness_is_agreed: bool = False
    holds: tuple[str, ...] = ()
    months_from: str | None = None


@dataclass(frozen=True)
class Schedule:
    """When runs begin by themselves, as five cron fields in a time zone: `load` everything, `report` the leadership report. On in a workspace of one's own while `impact dagster` runs."""

    load: str = "15 3 * * *"
    report: str = "0 7 2 * *"
    zone: str = "UTC"


WORKSPACE_WORDS, SOURCE_WORDS = known_words(WorkspaceFile), known_words(Source)
MONTH = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])")
CRON_FIELD = re.compile(r"(\*|[0-9]+(-[0-9]+)?)(/[0-9]+)?(,(\*|[0-9]+(-[0-9]+)?)(/[0-9]+)?)*")


def read_schedule(entry: Mapping[str, Any], workspace_file: Path) -> Schedule:
    """When runs begin. Raises SettingsError."""
    if not isinstance(entry, Mapping):
        raise SettingsError(
            f'{workspace_file}: `schedule` is {_shape(entry)}. Next step: write `schedule: {{load: "15 3 * * *"}}`.'
        )
    unknown = sorted(set(entry) - known_words(ScheduleWords))
    if unknown:
        raise SettingsError(f"{workspace_file}: `schedule` knows load, report and zone, not {', '.join(unknown)}.")
    found = Schedule(**{name: str(value) for name, value in entry.items()})
    for name, cron in (("load", found.load), ("report", found.report)):
        if not _is_cron(cron):
            raise SettingsError(
                f'{workspace_file}: `schedule: {name}` is {cron!r}; write five cron fields (minute hour day month weekday), for example "15 3 * * *".'
            )
    read_zone(found.zone, "schedule: zone", workspace_file)
    return found


def _is_cron(text: str) -> bool:
    """Five fields that name a time at which something can begin: 31 February isn't one."""
    if len(text.split()) != 5 or not all(CRON_FIELD.fullmatch(part) for part in text.split()):
        return False
    try:
        return bool(next(CronSim(text, datetime(2027, 1, 1))))
    except (CronSimError, StopIteration):
        return False


def read_retention(entry: Any, workspace_file: Path) -> dict[str, int]:
    """Kind of data to days that it is kept; a kind that isn't named is kept."""
    if not isinstance(entry, Mapping) or set(entry) - set(RETAINED):
        raise SettingsError(
            f"{workspace_file}: `retention` is {_shape(entry)}. Next step: write kinds and days, for example `retention: {{landing: 730, quarantine: 90}}`; kinds are {', '.join(RETAINED)}."
        )
    found = {str(kind): _whole(days, f"retention: {kind}", workspace_file) for kind, days in entry.items()}
    if any(days < 1 for days in found.values()):
        raise SettingsError(
            f"{workspace_file}: `retention` has fewer than one day. Next step: write 1 or more, or leave the kind out to keep it."
        )
    return found


def read_zone(name: Any, entry: str, workspace_file: Path) -> str:
    """A time zone by its IANA name. entry: where it stands. Raises SettingsError."""
    zone = zone_or_none(name)
    if zone is None:
        raise SettingsError(f"{workspace_file}: `{entry}` is {name!r}; write an IANA zone, for example Europe/Berlin.")
    return zone.key


def read_source(entry: Mapping[str, Any], located: Any, workspace_file: Path) -> SourceSettings:
    """One entry of `sources`. located: what a path in it means. Raises SettingsError."""
    source_id = str(needed(entry, "id", workspace_file))
    check_words(entry, SOURCE_WORDS, f"Source {source_id}", workspace_file)
    if not isinstance(entry.get("options") or {}, Mapping):
        raise SettingsError(
            f"{workspace_file}: `options` of source {source_id} is {_shape(entry['options'])}. Next step: write names and values, for example `options: {{zone: Europe/Berlin}}`."
        )
    days = entry.get("freshness_days", 35)
    return SourceSettings(
        source_id=source_id,
        connector=str(needed(entry, "connector", workspace_file)),
        path=located(str(entry.get("path") or f"data/fetched/{source_id}")),
        options=entry.get("options") or {},
        mapping=located(str(entry["mapping"])) if entry.get("mapping") else None,
        freshness_days=None
        if days == "never"
        else _whole(days, f"freshness_days of source {source_id}", workspace_file),
        freshness_is_agreed="freshness_days" in entry,
        holds=_facts(entry.get("holds") or [], source_id, workspace_file),
        months_from=_month(entry.get("months_from"), source_id, workspace_file),
    )


def _month(given: Any, source_id: str, workspace_file: Path) -> str | None:
    """The first month of a source whose files are named by month."""
    if given is None or MONTH.fullmatch(str(given)):
        return None if given is None else str(given)
    raise SettingsError(
        f"{workspace_file}: `months_from` of source {source_id} is {given!r}. Next step: write the first month as 2025-01."
    )


def _facts(given: Any, source_id: str, workspace_file: Path) -> tuple[str, ...]:
    """Kinds of facts that a source is declared to hold completely."""
    facts = [given] if isinstance(given, str) else list(given)
    unknown = sorted(str(fact) for fact in facts if fact not in SOURCE_FACTS)
    if unknown:
        raise SettingsError(
            f"{workspace_file}: `holds` of source {source_id} doesn't know {', '.join(map(repr, unknown))}. Next step: use {', '.join(SOURCE_FACTS)}."
        )
    return tuple(facts)


def check_words(entry: Mapping[str, Any], known: frozenset[str], whose: str, workspace_file: Path) -> None:
    """Raise SettingsError where an entry has a name that nobody reads."""
    unknown = sorted(str(name) for name in set(entry) - known)
    if unknown:
        near = [
            f"{name!r} (did you mean {found[0]!r}?)" if (found := get_close_matches(name, known, n=1)) else repr(name)
            for name in unknown
        ]
        raise SettingsError(
            f"{workspace_file}: {whose} doesn't know {', '.join(near)}. Next step: use {', '.join(sorted(known))}; what a connector is told stands under `options:`."
        )


def read_group_size(value: Any, workspace_file: Path) -> int:
    """Below how many people nothing is shown. Raises SettingsError below LEAST_GROUP."""
    size = _whole(value, "min_group_size", workspace_file)
    if size < LEAST_GROUP:
        raise SettingsError(
            f"{workspace_file}: `min_group_size` is {size}. In a group of fewer than {LEAST_GROUP} each member can work out what the others said. "
            f"Next step: write {LEAST_GROUP} or more; 5 is usual, 10 where figures leave the organisation."
        )
    return size


def _whole(value: Any, name: str, workspace_file: Path) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise SettingsError(f"{workspace_file}: `{name}` is {value!r}. Next step: write a whole number.") from None


def read_levels(path: Path) -> dict[str, Mapping[str, Any]]:
    """The level map: level, rank and whether it counts as leadership."""
    entries = read_yaml(path)
    if not isinstance(entries, list):
        raise SettingsError(
            f"{path} is not a list of levels. Next step: write lines such as `- {{level: L1, rank: 1, leadership: false}}`."
        )
    for entry in entries:
        if not isinstance(entry, Mapping) or "level" not in entry or not isinstance(entry.get("rank"), int):
            raise SettingsError(
                f"{path}: {entry!r} has no level or no whole number as rank. Next step: write it as `{{level: L1, rank: 1, leadership: false}}`."
            )
    return {str(entry["level"]): entry for entry in entries}


@lru_cache(maxsize=128)
def _parsed(text: str) -> Any:
    """The same few files are read for every source: parsing them anew was a tenth of a load."""
    return yaml.safe_load(text)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises SettingsError where it is missing or broken; the message names the line."""
    if not path.exists():
        raise SettingsError(
            f"{path} doesn't exist. Next step: correct its name, or set IMPACT_WORKSPACE to your workspace file (unset it for the demo)."
        )
    if path.is_dir():
        raise SettingsError(f"{path} is a folder. Next step: name the file in it.")
    try:
        return deepcopy(_parsed(path.read_text(encoding="utf-8")))
    except OSError as problem:
        raise SettingsError(
            f"{path} can't be read ({problem.strerror}). Next step: correct its rights, or run this as its owner."
        ) from problem
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f", line {mark.line + 1}," if mark else ""
        words = " ".join(str(getattr(problem, "problem", problem)).split())
        raise SettingsError(
            f"{path}{where} isn't valid YAML ({words}). Next step: look at the brackets, quotes and indents there; save it as UTF-8."
        ) from problem


def needed(entry: Mapping[str, Any], name: str, workspace_file: Path) -> Any:
    """The value of an entry that can't be done without. Raises SettingsError."""
    if not isinstance(entry, Mapping) or entry.get(name) in (None, ""):
        raise SettingsError(f"{workspace_file}: `{name}` is missing in {_shape(entry)}. Next step: add it.")
    return entry[name]


def _shape(entry: Any) -> str:
    """What an entry is, without its values: they may be secrets that were written into the wrong place."""
    if isinstance(entry, Mapping):
        return f"an entry with {', '.join(sorted(map(str, entry))) or 'nothing in it'}"
    return "a list" if isinstance(entry, list) else "a single value" if entry is not None else "an empty entry"
