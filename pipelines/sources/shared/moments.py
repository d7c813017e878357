"""Instants as APIs write them."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def moment(text: Any, zone: Any) -> datetime | None:
    """An ISO instant in UTC; one without offset is taken in `zone`. None where it can't be read."""
    try:
        value = datetime.fromisoformat(str(text)[:26].rstrip("Z") + "+00:00" if str(text).endswith("Z") else str(text))
        return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(str(zone)))).astimezone(UTC)
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        return None
