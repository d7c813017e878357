"""Zones as programs show them to people: `(UTC+01:00) Amsterdam, Berlin`, `Eastern Time (US & Canada)`, `GMT+0100`, `Pacific Daylight Time`. Each has one exact meaning, or none."""

import re
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_SHOWN = re.compile(r"^\((?:utc|gmt)\s*(?:([+-]\d{1,2})[:.]?(\d{2})?)?\)\s*(\S.*)$")
_OF_AMERICA = re.compile(r"^[a-z ]+ \((?:us ?(?:&|and) ?)?canada\)$")
_OFFSET = re.compile(r"^\(?(?:utc|gmt)\s*([+-]\d{1,2}?)(?::?(\d{2}))?\)?$")
_BETWEEN = re.compile(r"\s*[,/;]\s*|\s+-\s+")
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_REGIONS = {
    "pacific time": "America/Los_Angeles", "mountain time": "America/Denver", "central time": "America/Chicago", "eastern time": "America/New_York",
    "atlantic time": "America/Halifax", "newfoundland": "America/St_Johns", "alaska": "America/Anchorage", "hawaii": "Pacific/Honolulu",
    "arizona": "America/Phoenix", "saskatchewan": "America/Regina", "central america": "America/Guatemala", "brasilia": "America/Sao_Paulo",
    "west central africa": "Africa/Lagos", "abu dhabi": "Asia/Dubai", "beijing": "Asia/Shanghai", "chennai": "Asia/Kolkata", "new delhi": "Asia/Kolkata",
    "edinburgh": "Europe/London", "coordinated universal time": "UTC",
}  # fmt: skip
"""Places of Windows' list after which IANA names no zone."""
_SUMMERS = {
    "pacific daylight time": -7, "mountain daylight time": -6, "central daylight time": -5, "eastern daylight time": -4, "atlantic daylight time": -3,
    "alaska daylight time": -8, "british summer time": 1, "western european summer time": 1, "central european summer time": 2, "eastern european summer time": 3,
    "westeuropäische sommerzeit": 1, "mitteleuropäische sommerzeit": 2, "osteuropäische sommerzeit": 3,
    "western european time": 0, "central european time": 1, "eastern european time": 2, "western european standard time": 0, "central european standard time": 1, "eastern european standard time": 2,
    "westeuropäische zeit": 0, "mitteleuropäische zeit": 1, "osteuropäische zeit": 2, "westeuropäische normalzeit": 0, "mitteleuropäische normalzeit": 1, "osteuropäische normalzeit": 2,
    "heure normale d'europe centrale": 1, "heure d'été d'europe centrale": 2, "hora estándar de europa central": 1, "hora de verano de europa central": 2,
    "ora standard dell'europa centrale": 1, "ora legale dell'europa centrale": 2, "midden-europese standaardtijd": 1, "midden-europese zomertijd": 2,
    "japan standard time": 9, "korean standard time": 9, "australian eastern standard time": 10, "australian eastern daylight time": 11,
    "new zealand daylight time": 13, "coordinated universal time": 0, "greenwich mean time": 0,
}  # fmt: skip
"""What clocks are said to show, spelled out as Java and JavaScript do: hours ahead of UTC. `Pacific Standard Time` isn't here, since Windows calls the zone so, summer included."""
_WITH_MINUTES = {
    270: "Asia/Kabul", 330: "Asia/Kolkata", 345: "Asia/Kathmandu", 390: "Asia/Yangon", 525: "Australia/Eucla", 570: "Australia/Darwin", -570: "Pacific/Marquesas",
}  # fmt: skip
"""Places whose clocks never change, by minutes ahead of UTC: IANA's `Etc/` zones have whole hours alone."""
_FIRST_YEAR, _LAST_YEAR = 2021, 2030
_EAST, _WEST = 14 * 60, -12 * 60


@cache
def shown_zone(folded: str) -> str | None:
    """The IANA zone of a name that a program shows, in small letters; None where it has no exact meaning."""
    minutes = stated_minutes(folded)
    return zone_of_places(folded) or (None if minutes is None else fixed_zone(minutes))


@cache
def stated_minutes(folded: str) -> int | None:
    """Minutes ahead of UTC of a name that says them itself; None of any other."""
    hours = _SUMMERS.get(folded.replace("\u2019", "'"))
    if hours is not None:
        return hours * 60
    found = _OFFSET.match(folded.replace("\u2212", "-"))
    total = _signed(found[1], found[2]) if found and int(found[2] or 0) < 60 else None
    return total if total is not None and _WEST <= total <= _EAST else None


def fixed_zone(minutes: int) -> str | None:
    """The IANA zone whose clocks are always so far ahead of UTC; None where none is."""
    if minutes % 60:
        return _WITH_MINUTES.get(minutes)
    return f"Etc/GMT{-minutes // 60:+d}" if minutes else "Etc/GMT"


def _signed(hours: str, minutes: str | None) -> int:
    total = abs(int(hours)) * 60 + int(minutes or 0)
    return -total if hours.startswith("-") else total


@cache
def zone_of_places(folded: str) -> str | None:
    """The zone of a name that says where (`(UTC+01:00) Amsterdam, Berlin`), and so what its clocks do in summer; None of any other."""
    shown = _SHOWN.match(folded.replace("\u2212", "-"))
    if shown is None and not _OF_AMERICA.match(folded):
        return None
    stated = _signed(shown[1] or "+0", shown[2]) if shown else None
    places = _BETWEEN.split(_BRACKETS.sub("", shown[3] if shown else folded))
    found = [zone for place in places for zone in _zones_called(place.strip())]
    fitting = [zone for zone in found if stated is None or timedelta(minutes=stated) in _offsets(zone)]
    if not fitting or len({_offsets(zone) for zone in fitting}) > 1:
        return None
    windows = set(WINDOWS_TO_OLSON.values())
    return next((zone for zone in fitting if zone in windows), fitting[0])


def _zones_called(place: str) -> list[str]:
    return [_REGIONS[place]] if place in _REGIONS else _cities().get(place, [])


@cache
def _cities() -> dict[str, list[str]]:
    """Zones by the city that IANA names them after."""
    found: dict[str, list[str]] = {}
    for name in sorted(available_timezones()):
        area, _, city = name.rpartition("/")
        if area and area.partition("/")[0] not in ("Etc", "US", "SystemV", "posix", "right"):
            found.setdefault(city.replace("_", " ").casefold(), []).append(name)
    return found


@cache
def _offsets(zone: str) -> tuple[timedelta | None, ...]:
    """What a zone's clocks are ahead of UTC in each month of some years: zones with the same are one for today's meetings."""
    there = ZoneInfo(zone)
    return tuple(
        datetime(year, month, 15, 12, tzinfo=there).utcoffset()
        for year in range(_FIRST_YEAR, _LAST_YEAR)
        for month in range(1, 13)
    )
