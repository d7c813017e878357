"""What the workspace says about its calendars: the window, the zone of floating times, and which events are mentoring."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from pipelines.sources.records import SourceRefused
from pipelines.zones import zone_or_none


@dataclass(frozen=True)
class Rules:
    """What the workspace says about its calendars."""

    start: datetime
    end: datetime
    as_of: date
    zone: str
    category: str | None
    summary: re.Pattern[str] | None
    programme_id: str | None


def read_rules(options: Mapping[str, Any]) -> Rules:
    """The rules of a source's options; without a window, five years back and one ahead. Raises `SourceRefused`: no day to count from, no such zone."""
    window = options.get("window") or {}
    as_of = _day(options.get("as_of") or window.get("to"))
    if as_of is None:
        raise SourceRefused(
            "The calendar source knows no day to count from. Next step: give the workspace `as_of`, or the source `window: {from, to}`."
        )
    start = _day(window.get("from") or options.get("window_start")) or as_of - timedelta(days=5 * 366)
    end = _day(window.get("to") or options.get("window_end")) or as_of + timedelta(days=366)
    mentoring = options.get("mentoring") or {}
    zone = str(options.get("zone", "UTC"))
    if zone_or_none(zone) is None:
        raise SourceRefused(
            f"The calendar source's zone {zone!r} is no IANA zone. Next step: write one such as Europe/Berlin."
        )
    return Rules(
        start=_midnight(start, zone),
        end=_midnight(end + timedelta(days=1), zone),
        as_of=as_of,
        zone=zone,
        category=str(mentoring["category"]).casefold() if mentoring.get("category") else None,
        summary=re.compile(mentoring["summary"]) if mentoring.get("summary") else None,
        programme_id=options.get("programme_id"),
    )


def rules_of_run(options: Mapping[str, Any], started: datetime) -> Rules:
    """`read_rules` where a system is asked: a workspace without a day of its own counts to the day on which the run started."""
    return read_rules({**options, "as_of": options.get("as_of") or started.date()})


def _midnight(day: date, zone: str) -> datetime:
    """When the day begins in the source's zone, in UTC: the window's days are days there."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def is_mentoring(event: icalendar.Event, rules: Rules) -> bool:
    """Whether the event has the category or the words of a mentoring session; without either, every event is one."""
    if rules.category is None and rules.summary is None:
        return True
    fields = event.get("CATEGORIES")
    listed = fields if isinstance(fields, list) else [fields] if fields is not None else []
    names = {str(name).casefold() for field in listed for name in getattr(field, "cats", [field])}
    return rules.category in names or (
        rules.summary is not None and rules.summary.search(str(event.get("SUMMARY", ""))) is not None
    )
