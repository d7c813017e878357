"""Instants as APIs write them."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FIRST_YEAR = 1900
"""Nothing that is told here was earlier. Programs write no time as the first moment that they know: 0001-01-01."""


def moment(text: Any, zone: Any) -> datetime | None:
    """An ISO instant in UTC; one without offset is taken in `zone`. None where it can't be read, or stands for none."""
    try:
        value = datetime.fromisoformat(str(text)[:26].rstrip("Z") + "+00:00" if str(text).endswith("Z") else str(text))
        instant = (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(str(zone)))).astimezone(UTC)
        return instant if instant.year >= FIRST_YEAR else None
    # a name such as `Europe` is a folder of zones
    except (ValueError, OverflowError, OSError, ZoneInfoNotFoundError):
        return None


def day_of(text: Any, zone: str | None) -> date | None:
    """The day of a date, or of a time that stands for one: midnight as it is written is that day, another hour is a day in `zone` (as written where None). None where it can't be read, or stands for none."""
    try:
        value = datetime.fromisoformat(str(text).strip())
        if value.year < FIRST_YEAR:
            return None
        if value.tzinfo is None or value.time() == time(0) or zone is None:
            return value.date()
        return value.astimezone(ZoneInfo(zone)).date()
    except (ValueError, OverflowError, OSError, ZoneInfoNotFoundError):
        return None
