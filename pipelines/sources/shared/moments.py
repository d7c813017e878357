"""Instants as APIs write them."""

import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.sources.cleaning import NO_TEXT_WORDS
from pipelines.sources.times.zones import iana_name
from pipelines.zones import zone_or_none

FIRST_YEAR = 1900
"""Nothing that is told here was earlier. Programs write no time as the first moment that they know: 0001-01-01."""
LAST_YEAR = 2100
"""Nor is anything told of this year or later: 9999-12-31 stands for no end."""


_NO_DAY = re.compile(r"^\s*(-\d{4}|0{4}|0001)-")


def says_no_day(text: Any) -> bool:
    """Whether a day is written that stands for none: the year 0 or 1, and PHP's year -1 for `0000-00-00`."""
    return bool(_NO_DAY.match(str(text)))


def said(text: Any) -> str | None:
    """What is written as a time; None for nothing, for words that say so (`NULL`) and for days that stand for none."""
    written = str(text or "").strip()
    return None if not written or says_no_day(written) or written.casefold() in NO_TEXT_WORDS else written


def moment(text: Any, zone: Any) -> datetime | None:
    """An ISO instant in UTC; one without offset is taken in `zone`, the first of two where it occurs twice there. None where it can't be read, stands for none, or never was there (the hour that spring skips)."""
    try:
        value = datetime.fromisoformat(str(text)[:26].rstrip("Z") + "+00:00" if str(text).endswith("Z") else str(text))
        own = value.tzinfo or _zone(zone)
        instant = value.replace(tzinfo=own).astimezone(UTC) if own else None
        if instant is None or not FIRST_YEAR <= instant.year < LAST_YEAR:
            return None
        was_there = instant.astimezone(own).replace(tzinfo=None) == value.replace(tzinfo=None)
        return instant if was_there else None
    except (ValueError, OverflowError):
        return None


def _zone(name: Any) -> ZoneInfo | None:
    """The zone of a name, also of one that Windows or a program gives it."""
    return zone_or_none(name) or zone_or_none(iana_name(str(name or "")))


def unread(text: Any, instant: datetime | None) -> str | None:
    """The text of a time that is written and can't be read; None where it was read, or stands for none."""
    return None if instant is not None or text in (None, "") or says_no_day(text) else str(text)


def day_of(text: Any, zone: str | None) -> date | None:
    """The day of a date, or of a time that stands for one: midnight as it is written is that day, another hour is a day in `zone` (as written where None). None where it can't be read, or stands for none."""
    try:
        value = datetime.fromisoformat(str(text).strip())
        if value.year < FIRST_YEAR:
            return None
        if value.tzinfo is None or value.time() == time(0) or zone is None:
            return value.date()
        there = zone_or_none(zone)
        return value.astimezone(there).date() if there else None
    except (ValueError, OverflowError):
        return None
