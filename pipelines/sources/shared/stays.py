"""Stays of people in meetings: two times, and how long a report says that it was."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipelines.sources.records import Finding
from pipelines.sources.shared.moments import FIRST_YEAR, LAST_YEAR

TOGETHER = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
LONGEST = timedelta(hours=48)
"""No meeting goes on for longer (Zoom and Teams end theirs after 30 hours): the day of one of the two times is another one."""
ROUNDED = timedelta(minutes=2)
"""By this much a stated length and the two times may differ: reports count begun minutes, or leave seconds out."""
NEAR = timedelta(hours=12)
"""Nobody joins a meeting by this much before or after it: the day of the stay is another one."""

Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Join:
    """One stay of one person. `mail` None: known by name only; name empty as well: not known. stated: how long the report says that it was."""

    mail: str | None
    name: str
    start: datetime
    end: datetime
    source_line: int
    stated: timedelta | None = None


def fault_of_stay(
    written: tuple[str | None, str | None],
    start: datetime | None,
    end: datetime | None,
    times: str,
    stated: timedelta | None = None,
) -> tuple[str, str] | None:
    """Rule and reason for which a stay, written as two times, can't be one; None where it can. times: how they should be written; stated: how long a downloaded report says that it was, whose times were written for people and are read by a declared pattern."""
    for text, what in zip(written, ("joining", "leaving"), strict=True):
        if not text:
            return "missing_time", f"the time of {what} is empty; the meeting may have been going on"
    if start is None or end is None:
        return "not_a_time", f"the times aren't written as {times!r}"
    if not (FIRST_YEAR <= start.year < LAST_YEAR and FIRST_YEAR <= end.year < LAST_YEAR):
        return "not_a_time", f"its year is before {FIRST_YEAR} or after {LAST_YEAR}, which stands for no time"
    if end < start:
        return "leaves_before_joining", "it ends before it begins"
    if end - start > LONGEST:
        return "stay_too_long", f"it lasts over {LONGEST.total_seconds() / 3600:g} hours"
    if stated is not None and _contradicts(end - start, stated):
        words = f"it lasts {(end - start) / MINUTE:,.0f} minutes from joining to leaving, and the report says {stated / MINUTE:,.0f}"
        return "contradicts_its_length", words
    return None


def _contradicts(lasts: timedelta, stated: timedelta) -> bool:
    """Whether nobody can have been there for so long between the two times, or whether one of the two says that somebody was hardly there. Less may be a stay with breaks."""
    return _differs(lasts, stated) and (stated > lasts or stated < TOGETHER <= lasts)


def _differs(lasts: timedelta, stated: timedelta) -> bool:
    return abs(lasts - stated) > ROUNDED


def seconds_stated(value: Any) -> timedelta | None:
    """A length that a record gives in seconds; None where it gives none."""
    try:
        return timedelta(seconds=float(value))
    except (TypeError, ValueError, OverflowError):
        return None


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Intervals joined where they touch or overlap, in order; empty ones are left out."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def time_of(intervals: Iterable[Interval]) -> timedelta:
    """Total length."""
    return sum((end - start for start, end in intervals), timedelta())


def told_of_lengths(joins: Iterable[Join]) -> list[Finding]:
    """What is told of stays whose stated length isn't the time between joining and leaving."""
    others = sum(join.stated is not None and _differs(join.end - join.start, join.stated) for join in joins)
    detail = f"{others:,} {'stay has' if others == 1 else 'stays have'} another length by the report's own word than from joining to leaving, as where there were breaks; the time between the two counts"
    return [Finding("lengths_differ", "session_participants", "minutes", detail)] if others else []


def is_near(join: Join, start: datetime, end: datetime) -> bool:
    """Whether a stay can be one in a meeting from `start` to `end`."""
    return join.end >= start - NEAR and join.start <= end + NEAR
