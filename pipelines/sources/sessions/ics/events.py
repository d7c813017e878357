"""The events of a calendar file and their times. One that is broken costs itself alone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
from icalendar.timezone import tzp

from pipelines.sources.records import Finding, SourceFile, rejected
from pipelines.sources.sessions.ics.calendar_text import (
    EventText,
    defines_a_zone_twice,
    ends_early,
    event_texts,
    unfolded_text,
)
from pipelines.sources.shared.planned import says_cancelled
from pipelines.sources.times.zones import iana_name

EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
REMEDY = "correct or delete the event in the calendar and export again"
NO_START = "it has no readable start (DTSTART)"
CUT_OFF_REMEDY = "export the calendar again: the file was cut off on its way"


@dataclass(frozen=True)
class Entry:
    """One VEVENT as it stands in a file; `line` is its place there. `version`: SEQUENCE, then the stamp (RFC 5546, section 2.1.5); the greater one is newer."""

    file: str
    line: int
    event: icalendar.Event
    method: str
    version: tuple[int, datetime]

    @property
    def is_cancelled(self) -> bool:
        """By its own status, by the message that it came in, or by its title."""
        if says_cancelled(self.event.get("SUMMARY")):
            return True
        return self.method == "CANCEL" or str(self.event.get("STATUS", "")).upper() == "CANCELLED"

    @property
    def is_exception(self) -> bool:
        """Whether it stands for an occurrence of a series."""
        return "RECURRENCE-ID" in self.event

    @property
    def is_series(self) -> bool:
        """Whether it repeats."""
        return "RRULE" in self.event or "RDATE" in self.event


def read_events(file: SourceFile, zone: str, rejects: list[dict[str, Any]], findings: list[Finding]) -> Iterator[Entry]:
    """The events of a file; those that are cut off, or have no readable times or UID, go to the rejects. Raises `SourceRefused`: empty, or no calendar."""
    text = unfolded_text(file)
    if ends_early(text):
        findings.append(
            Finding("cut_off", "sessions", file.name, "the file ends before its calendar does: events may be missing")
        )
    guessed: Counter[tuple[str, str]] = Counter()
    for found, parsed in _parsed(text):
        event = _told_by_its_message(parsed, found.method)
        problem = "the file ends in the middle of it" if found.is_cut_off else _problem(event, found.method, zone)
        if problem is not None:
            rule, remedy = ("cut_off", CUT_OFF_REMEDY) if found.is_cut_off else ("broken_event", REMEDY)
            rejects.append(reject_row(file.name, found.number, rule, problem, found.text, remedy))
            continue
        assert event is not None
        guessed.update(_zones_guessed(found, event, zone))
        yield Entry(file.name, found.number, event, found.method, (_integer(event.get("SEQUENCE")), stamp(event)))
    for (kind, words), events in guessed.items():
        findings.append(
            Finding(kind, "sessions", file.name, f"{events:,} {'event' if events == 1 else 'events'} {words}")
        )


def _told_by_its_message(event: icalendar.Event | None, method: str) -> icalendar.Event | None:
    """An event with what its message leaves unsaid (RFC 5546): an added meeting is an occurrence of its UID, and one that cancels an occurrence may name it alone."""
    if event is None:
        return None
    if method == "ADD" and "RECURRENCE-ID" not in event and "DTSTART" in event:
        return _with(event, {"RECURRENCE-ID": event["DTSTART"]})
    if method == "CANCEL" and "RECURRENCE-ID" in event and "DTSTART" not in event:
        return _with(event, {"DTSTART": event["RECURRENCE-ID"]})
    return event


def _with(event: icalendar.Event, more: dict[str, Any]) -> icalendar.Event:
    whole = icalendar.Event(event)
    whole.update(more)
    return whole


def with_starts(entries: Sequence[Entry], rejects: list[dict[str, Any]]) -> list[Entry]:
    """The entries of one UID; a message that cancels all of it needn't say when it was (RFC 5546, 3.2.5) and has the times of the newest that does."""
    timed = [entry for entry in entries if "DTSTART" in entry.event]
    if len(timed) == len(entries):
        return timed
    masters = [entry for entry in timed if not entry.is_exception] or timed
    untimed = [entry for entry in entries if "DTSTART" not in entry.event]
    if not masters:
        rejects.extend(reject_entry(entry, "broken_event", NO_START) for entry in untimed)
        return []
    newest = max(masters, key=lambda entry: (entry.is_series, entry.version)).event
    times = {name: newest[name] for name in ("DTSTART", "DTEND", "DURATION", "SUMMARY", "CATEGORIES") if name in newest}
    return [*timed, *(replace(entry, event=_with(entry.event, times)) for entry in untimed)]


def _zones_guessed(found: EventText, event: icalendar.Event, zone: str) -> Iterator[tuple[str, str]]:
    """Kind and words of a start that is read in the source's zone although the calendar names another: by a name that nobody defines, or for all of it."""
    start = time_of(event, "DTSTART")
    if not isinstance(start, datetime) or start.tzinfo is not None:
        return
    named = str(event["DTSTART"].params.get("TZID", ""))
    if named:
        yield "unknown_zone", f"in the zone {named!r}, which nobody defines: read in {zone}, the source's"
    elif found.calendar_zone and iana_name(found.calendar_zone) != zone:
        yield (
            "other_zone",
            f"without a zone of their own, in a calendar that names {found.calendar_zone}: read in {zone}, the source's; give that calendar a source of its own with `zone: {found.calendar_zone}` if that is wrong",
        )


def parsed_events(text: str) -> list[icalendar.Event]:
    """The events of a text's calendars. The library keeps a zone that a calendar defines for all that come after it, though each program defines another under one name (`Customized Time Zone`): they are forgotten first."""
    tzp.use_zoneinfo()
    return [event for calendar in icalendar.Calendar.from_ical(text, multiple=True) for event in calendar.events]


def _parsed(text: str) -> Iterable[tuple[EventText, icalendar.Event | None]]:
    """Every event's text beside what it says. The file is parsed at once where that gives all events; else one after the other."""
    texts = list(event_texts(text))
    try:
        events = [] if defines_a_zone_twice(texts) else parsed_events(text)
    except Exception:  # the library raises many kinds, and each event gets its own chance
        events = []
    if len(events) == len(texts) and not any(found.is_cut_off for found in texts):
        return zip(texts, events, strict=True)
    return ((found, _alone(found)) for found in texts)


def _alone(found: EventText) -> icalendar.Event | None:
    """One event with its calendar's zones; None where it can't be parsed."""
    if found.is_cut_off:
        return None
    zones = "\n".join([*found.zones, ""]) if found.zones else ""
    try:
        return parsed_events(f"BEGIN:VCALENDAR\nVERSION:2.0\n{zones}{found.text}END:VCALENDAR\n")[0]
    except Exception:  # whatever is wrong with it, it is one event
        return None


def _problem(event: icalendar.Event | None, method: str, zone: str) -> str | None:
    if event is None:
        return "it can't be parsed"
    start = time_of(event, "DTSTART")
    if "DTSTART" not in event and method == "CANCEL":
        return None if str(event.get("UID", "")).strip() else "it has no UID"
    if not isinstance(start, date):
        return NO_START
    for name in ("DTEND", "DURATION", "RECURRENCE-ID"):
        if event.get(name) is not None and time_of(event, name) is None:
            return f"its {name} can't be read"
    end = end_of(event, zone)
    if end is not None and end < utc_instant(start, zone):
        return "it ends before it starts"
    return None if str(event.get("UID", "")).strip() else "it has no UID"


def time_of(event: icalendar.Event, name: str) -> date | datetime | timedelta | None:
    """The value of a time property; None where it is absent, repeated or broken."""
    value = event.get(name)
    try:
        return None if value is None or isinstance(value, list) else value.dt
    except Exception:  # a broken property raises what its library likes when it is looked at
        return None


def end_of(event: icalendar.Event, zone: str) -> datetime | None:
    """The end as a UTC instant, from DTEND or DURATION; None without either."""
    start, end, duration = (time_of(event, name) for name in ("DTSTART", "DTEND", "DURATION"))
    if isinstance(end, date):
        return utc_instant(end, zone)
    if isinstance(duration, timedelta) and isinstance(start, date):
        return _moved(start, duration, zone)
    return None


def _moved(start: date | datetime, by: timedelta, zone: str) -> datetime:
    """Behind a length: days by the clock, which may have changed meanwhile, hours by their number (RFC 5545, 3.3.6)."""
    try:
        return utc_instant(start + timedelta(days=by.days), zone) + timedelta(seconds=by.seconds)
    except OverflowError:
        return LATEST if by > timedelta() else EARLIEST


def utc_instant(value: date | datetime, zone: str) -> datetime:
    """UTC instant of a calendar time; a floating one is taken in `zone`, a day as its midnight there. What no calendar reaches is its first or last instant."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(zone))
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return EARLIEST if value.year == 1 else LATEST


def stamp(event: icalendar.Event) -> datetime:
    """When the event was last changed or written."""
    found = time_of(event, "DTSTAMP")
    return utc_instant(found, "UTC") if isinstance(found, date) else EARLIEST


def reject_row(file: str, number: int, rule: str, reason: str, raw: str, remedy: str = REMEDY) -> dict[str, Any]:
    """The words for an event that can't be used; `number` is its place in the file."""
    return rejected(file, number, rule, f"event {number}: {reason}", remedy, raw)


def reject_entry(entry: Entry, rule: str, reason: str) -> dict[str, Any]:
    """The words for an event that was read and can't be used."""
    raw = entry.event.to_ical().decode("utf-8", errors="replace")
    return reject_row(entry.file, entry.line, rule, reason, raw)


def _integer(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
