"""What a series says of its dates in other terms than its start: days beside a timed start, and periods with a length of their own."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar

from pipelines.sources.sessions.ics.events import time_of, utc_instant

END_OF_DAY = time(23, 59, 59)


def timed(event: icalendar.Event) -> icalendar.Event:
    """The event with days as times where its start is one: an added day (RDATE) takes place at the hour of the start, a last day (UNTIL) is over when it ends, and a last hour without a zone is by the start's clock."""
    start = time_of(event, "DTSTART")
    if not isinstance(start, datetime):
        return event
    changed = icalendar.Event(event)
    rules = [icalendar.vRecur(rule) for rule in _listed(event, "RRULE")]
    for rule in rules:
        rule["UNTIL"] = [_at_end(last, start) for last in rule.get("UNTIL", [])]
        if not rule["UNTIL"]:
            del rule["UNTIL"]
    if rules:
        changed["RRULE"] = rules if len(rules) > 1 else rules[0]
    if any(_is_day(moment) for moment in _moments(event, "RDATE")):
        moments = [
            datetime.combine(moment, start.timetz()) if _is_day(moment) else moment
            for moment in _moments(event, "RDATE")
        ]
        del changed["RDATE"]
        for moment in moments:
            changed.add("RDATE", [moment])
    return changed


def left_out(event: icalendar.Event, zone: str) -> tuple[frozenset[date], frozenset[datetime]]:
    """The days and the instants that EXDATE takes out: one by the hour alone is by the start's clock, and an hour at which nothing takes place takes out nothing."""
    start = time_of(event, "DTSTART")
    clock = start.tzinfo if isinstance(start, datetime) else None
    moments = list(_moments(event, "EXDATE"))
    days = frozenset(moment for moment in moments if _is_day(moment))
    times = (moment for moment in moments if isinstance(moment, datetime))
    return days, frozenset(utc_instant(at if at.tzinfo else at.replace(tzinfo=clock), zone) for at in times)


def lengths_of_periods(event: icalendar.Event, zone: str) -> dict[datetime, timedelta]:
    """How long the added dates last that are given as periods, by their start in UTC."""
    found = {}
    for moment in _moments(event, "RDATE"):
        if isinstance(moment, tuple):
            start, end = moment
            first = utc_instant(start, zone)
            found[first] = end if isinstance(end, timedelta) else utc_instant(end, zone) - first
    return found


def _at_end(last: Any, start: datetime) -> Any:
    if isinstance(last, datetime) and (last.tzinfo is not None or start.tzinfo is None):
        return last
    end = datetime.combine(last, END_OF_DAY) if _is_day(last) else last
    end = end.replace(tzinfo=start.tzinfo)
    return end.astimezone(UTC) if start.tzinfo else end


def _is_day(moment: Any) -> bool:
    return isinstance(moment, date) and not isinstance(moment, datetime)


def _moments(event: icalendar.Event, name: str) -> Iterator[Any]:
    for value in _listed(event, name):
        yield from (moment.dt for moment in getattr(value, "dts", []))


def _listed(event: icalendar.Event, name: str) -> list[Any]:
    value = event.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]
