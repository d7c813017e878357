"""The events of a calendar file and their times.

Exports are often broken in one place: a file that doesn't parse as a whole is read event by event, so that one bad event costs only itself.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
from icalendar.error import BrokenCalendarProperty

from pipelines.sources.records import SourceFile, SourceRefused

_EVENT = re.compile(r"BEGIN:VEVENT\n.*?\nEND:VEVENT", re.DOTALL)
_ZONES = re.compile(r"BEGIN:VTIMEZONE\n.*?\nEND:VTIMEZONE\n?", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """One VEVENT as it stands in a file; `line` is its number in the file."""

    file: str
    line: int
    event: icalendar.Event
    is_cancelled_by_method: bool
    version: tuple[int, datetime]


def read_events(file: SourceFile, rejects: list[dict[str, Any]]) -> Iterable[Entry]:
    """The events of a file; those without a readable start or UID go to the rejects."""
    if not file.data.strip():
        raise SourceRefused(f"{file.name} is empty. Next step: export the calendar again.")
    if b"BEGIN:VCALENDAR" not in file.data and b"BEGIN:VEVENT" not in file.data:
        raise SourceRefused(f"{file.name} is not an iCalendar file. Next step: export the calendar as .ics.")
    text = file.data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    number = 0
    for event, method in _events(text):
        number += 1
        problem = _problem(event)
        if isinstance(event, str) or problem:
            raw = event if isinstance(event, str) else event.to_ical().decode("utf-8", errors="replace")
            rejects.append(reject_row(file.name, number, "broken_event", problem or "the event can't be parsed", raw))
            continue
        stamp = time_of(event, "DTSTAMP")
        stamped = utc_instant(stamp, "UTC") if isinstance(stamp, date) else datetime.min.replace(tzinfo=UTC)
        yield Entry(file.name, number, event, method == "CANCEL", (_integer(event.get("SEQUENCE")), stamped))


def _events(text: str) -> Iterable[tuple[Any, str]]:
    """Events of the text with their calendar's METHOD. A file that doesn't parse as a whole is read event by event."""
    try:
        for calendar in icalendar.Calendar.from_ical(text, multiple=True):
            for event in calendar.walk("VEVENT"):
                yield event, str(calendar.get("METHOD", "")).upper()
        return
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):
        zones = "".join(_ZONES.findall(text))
    method = "CANCEL" if "\nMETHOD:CANCEL\n" in text else ""
    for block in _EVENT.findall(text):
        try:
            calendar = icalendar.Calendar.from_ical(f"BEGIN:VCALENDAR\nVERSION:2.0\n{zones}{block}\nEND:VCALENDAR\n")
            yield calendar.walk("VEVENT")[0], method
        except (ValueError, KeyError, IndexError, AttributeError, TypeError):
            yield block, method


def _problem(event: Any) -> str | None:
    if isinstance(event, str):
        return "the event can't be parsed"
    if not isinstance(time_of(event, "DTSTART"), date):
        return "the event has no readable start (DTSTART)"
    for name in ("DTEND", "DURATION", "RECURRENCE-ID"):
        if event.get(name) is not None and time_of(event, name) is None:
            return f"the event's {name} can't be read"
    return None if str(event.get("UID", "")).strip() else "the event has no UID"


def time_of(event: icalendar.Event, name: str) -> date | datetime | timedelta | None:
    """The value of a time property; None where it is absent, repeated or broken."""
    value = event.get(name)
    try:
        return None if value is None or isinstance(value, list) else value.dt
    except (BrokenCalendarProperty, AttributeError):
        return None


def utc_instant(value: date | datetime, zone: str) -> datetime:
    """UTC instant of a calendar time; a floating one is taken in `zone`, a day as its midnight there."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(zone))
    return value.astimezone(UTC)


def reject_row(file: str, number: int, rule: str, reason: str, raw: str) -> dict[str, Any]:
    """The words for an event that can't be used; `number` is its place in the file."""
    return {
        "source_file": file,
        "source_line": number,
        "rule": rule,
        "reason": f"event {number}: {reason}",
        "remedy": "correct or delete the event in the calendar and export again",
        "raw_text": raw,
    }


def _integer(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
