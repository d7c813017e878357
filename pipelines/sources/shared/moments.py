"""Instants as APIs write them."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def moment(text: Any, zone: Any) -> datetime | None:
    """An ISO instant in UTC; one without offset is taken in `zone`. None where it can't be read."""
    try:
        value = datetime.fromisoformat(str(text)[:26].rstrip("Z") + "+00:00" if str(text).endswith("Z") else str(text))
        return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(str(zone)))).astimezone(UTC)
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        return None


def day_of(text: Any, zone: str | None) -> date | None:
    """The day of a date, or of a time that stands for one: midnight as it is written is that day, another hour is a day in `zone` (as written where None). None where it can't be read."""
    try:
        value = datetime.fromisoformat(str(text).strip())
        if value.tzinfo is None or value.time() == time(0) or zone is None:
            return value.date()
        return value.astimezone(ZoneInfo(zone)).date()
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        return None
