"""When somebody may be written to: in their own zone, on their own working days, outside their quiet hours."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from pipelines.zones import zone_or_none

LONGEST_BREAK_DAYS = 30
"""No country closes for longer; a search beyond it would mean a wrong calendar."""


@dataclass(frozen=True)
class Etiquette:
    """first_hour, last_hour: messages leave between them. zone, country: of those whose own aren't known. week_cap: most messages a person gets within 7 days."""

    first_hour: time = time(8)
    last_hour: time = time(18)
    zone: str = "UTC"
    country: str | None = None
    week_cap: int = 2

    def next_moment(self, now: datetime, zone: str | None, country: str | None) -> datetime:
        """`now` where that is fine, else the first moment that is (UTC)."""
        local = now.astimezone(zone_of(zone, self.zone))
        for _ in range(LONGEST_BREAK_DAYS):
            if is_working_day(local, country or self.country) and local.time() < self.last_hour:
                opens = local.replace(hour=self.first_hour.hour, minute=self.first_hour.minute, second=0, microsecond=0)
                return now if local.time() >= self.first_hour and local.date() == now.astimezone(local.tzinfo).date() else opens.astimezone(UTC)  # fmt: skip
            local = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return local.astimezone(UTC)


def zone_of(name: str | None, otherwise: str) -> ZoneInfo:
    """The zone of a name, or another where nobody knows that name."""
    return zone_or_none(name or otherwise) or ZoneInfo(otherwise)


def is_working_day(day: datetime, country: str | None) -> bool:
    """Neither weekend nor public holiday of a country; Monday to Friday where the country isn't known."""
    return calendar_of(country).is_working_day(day.date())


@lru_cache(maxsize=64)
def calendar_of(country: str | None) -> holidays.HolidayBase:
    """National public holidays and weekends; those of single states aren't known from a country."""
    if country and country.upper() in holidays.utils.list_supported_countries():
        return holidays.country_holidays(country.upper())
    return holidays.HolidayBase()
