"""From the events of one UID to its occurrences.

Series are expanded in their own zone, inside the window only, and bounded, since a rule may have no end.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

import icalendar
import recurring_ical_events

from pipelines.sources.sessions.ics.events import Entry, reject_row, time_of, utc_instant
from pipelines.sources.sessions.ics.rules import Rules

MAX_PER_SERIES = 4_000  # a daily series fills ten years with 3,653
Occurrence = tuple[Entry, icalendar.Event]
"""The event of a file that an occurrence comes from, and the occurrence with its own times."""


def occurrences_by_recurrence_id(
    entries: list[Entry], rules: Rules, rejects: list[dict[str, Any]]
) -> dict[str | None, list[Occurrence]]:
    """All occurrences of one UID, each with its copies in several calendars; None is the key of a meeting outside any series.

    A series that can't be expanded, or has no sensible end, goes to the rejects.
    """
    found: dict[str | None, list[Occurrence]] = defaultdict(list)
    by_file: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_file[entry.file].append(entry)
    for copies in by_file.values():
        if not any(name in copy.event for copy in copies for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
            found[None].extend((copy, copy.event) for copy in copies)
            continue
        excess = _excess(copies, rules)
        if excess:
            rejects.append(_series_reject(copies[0], "unbounded_series", excess))
            continue
        try:
            for copy, occurrence in _occurrences(copies, rules):
                found[_recurrence_id(occurrence, rules)].append((copy, occurrence))
        except (
            Exception
        ) as problem:  # one broken series must not take the calendar with it; the library raises many kinds
            reason = f"the series can't be expanded ({type(problem).__name__})"
            rejects.append(_series_reject(copies[0], "broken_series", reason))
    return found


def _series_reject(first: Entry, rule: str, reason: str) -> dict[str, Any]:
    return reject_row(first.file, first.line, rule, reason, first.event.to_ical().decode("utf-8", errors="replace"))


def _excess(copies: list[Entry], rules: Rules) -> str | None:
    """Why a series may be too long to expand, from its rule alone."""
    days = (rules.end - rules.start).days
    for copy in copies:
        rule = copy.event.get("RRULE")
        for part in rule if isinstance(rule, list) else [rule] if rule is not None else []:
            frequency = str((part.get("FREQ") or [""])[0]).upper()
            if frequency in ("SECONDLY", "MINUTELY", "HOURLY"):
                return f"the series repeats {frequency.lower()}, which no meeting does"
            times = 1
            for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
                times *= max(1, len(part.get(name) or []))
            most = min(days * times, int((part.get("COUNT") or [days * times])[0]))
            if (most > MAX_PER_SERIES and frequency == "DAILY") or times * days > 50 * MAX_PER_SERIES:
                return f"the series may have {most} occurrences, more than {MAX_PER_SERIES}"
    return None


def _occurrences(copies: list[Entry], rules: Rules) -> Iterable[tuple[Entry, icalendar.Event]]:
    calendar = icalendar.Calendar()
    for copy in copies:
        calendar.add_component(copy.event)
    by_recurrence = {_recurrence_id(copy.event, rules): copy for copy in copies if "RECURRENCE-ID" in copy.event}
    master = next((copy for copy in copies if "RECURRENCE-ID" not in copy.event), copies[0])
    for occurrence in recurring_ical_events.of(calendar, keep_recurrence_attributes=True).between(
        rules.start, rules.end
    ):
        for name in ("ATTENDEE", "ORGANIZER"):  # an override that cancels often leaves out who was invited
            if name not in occurrence and name in master.event:
                occurrence[name] = master.event[name]
        yield by_recurrence.get(_recurrence_id(occurrence, rules), master), occurrence


def _recurrence_id(event: icalendar.Event, rules: Rules) -> str:
    value = time_of(event, "RECURRENCE-ID") or time_of(event, "DTSTART")
    return utc_instant(value if isinstance(value, date) else rules.start, rules.zone).strftime("%Y%m%dT%H%M%SZ")
