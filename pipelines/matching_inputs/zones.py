"""Time zones as people write them, as hours from UTC on a day."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from pipelines.expressions import expression
from pipelines.matching_inputs.cells import folded, without_accents
from pipelines.matching_inputs.word_files import words

# Letters that several zones share are not here (IST, CST of China): they are asked about.
ABBREVIATIONS = {
    "utc": "UTC", "gmt": "UTC", "z": "UTC", "wet": "Europe/Lisbon", "bst": "Europe/London", "cet": "Europe/Berlin", "cest": "Europe/Berlin",
    "mez": "Europe/Berlin", "mesz": "Europe/Berlin", "eet": "Europe/Athens", "eest": "Europe/Athens", "est": "America/New_York", "edt": "America/New_York",
    "et": "America/New_York", "ct": "America/Chicago", "cdt": "America/Chicago", "mst": "America/Denver", "mdt": "America/Denver", "mt": "America/Denver",
    "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles", "jst": "Asia/Tokyo", "sgt": "Asia/Singapore",
    "eastern time": "America/New_York", "central time": "America/Chicago", "mountain time": "America/Denver", "pacific time": "America/Los_Angeles",
    "eastern": "America/New_York", "pacific": "America/Los_Angeles", "greenwich mean time": "UTC", "british time": "Europe/London", "uk time": "Europe/London",
    "central european time": "Europe/Berlin", "central europe": "Europe/Berlin", "eastern european time": "Europe/Athens", "western european time": "Europe/Lisbon",
    "mitteleuropäische zeit": "Europe/Berlin", "india standard time": "Asia/Kolkata", "indian standard time": "Asia/Kolkata", "india time": "Asia/Kolkata",
    "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland",
}  # fmt: skip
_OFFSET = expression(r"(?:utc|gmt)?\s*([+-]?)(\d{1,2})(?:(:?)(\d{2})|\.(\d{1,2}))?", re.IGNORECASE)
_ALTERNATIVES = expression(r"\s*[/,;|]\s*|\s+(?:or|oder|ou|o|-|–)\s+", re.IGNORECASE)
_SEASON = expression(r"\b(standard|summer|daylight|winter) time$")
_TIME_BEHIND = expression(r" (standard )?time$")
_BRACKETED = expression(r"^\((?:utc|gmt)\s*([+-]\d{1,2}:\d{2})?\)", re.IGNORECASE)


def offset_hours(text: str, as_of: date) -> float:
    """Hours from UTC on the day: from `Europe/Berlin`, `Berlin`, `PST`, `W. Europe Standard Time`, `(UTC+01:00) Amsterdam`, `+0530`, `UTC+2`. Raises `ValueError`."""
    text = (
        re.sub(r"\s*([+-])\s*(?=\d)", r"\1", text.replace("−", "-").replace("–", "-"))
        if re.search(r"\d", text)
        else text
    )
    bracketed = _BRACKETED.match(text.strip())
    if bracketed:
        return _hours(bracketed[1] or "0")
    if _OFFSET.fullmatch(text.strip()):
        return _hours(text.strip())
    plain = folded(re.sub(r"\([^)]*\)", " ", text)).replace("_", " ")
    if _OFFSET.fullmatch(plain):
        return _hours(plain)
    names = (
        folded(text).replace("_", " "),
        plain,
        without_accents(plain),
        _SEASON.sub("time", plain),
        plain.replace("-", " "),
        plain.replace(" ", "/", 1),
        _TIME_BEHIND.sub("", plain).replace(" ", "/", 1),
    )
    zone = _zone_called(names) or _of_country(plain, as_of)
    beside = re.search(r"\b(?:utc|gmt) ?[+-]\d{1,2}(?::?\d{2})?(?!\d)", folded(text))
    if zone is None and beside:
        return _hours(beside[0])
    if zone is None:
        return _agreed(
            [part for part in _ALTERNATIVES.split(text.strip()) if part and part != text.strip()], text, as_of
        )
    difference = datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=ZoneInfo(zone)).utcoffset()
    if difference is None:
        raise ValueError(text)
    return difference.total_seconds() / 3600


def _agreed(parts: Sequence[str], text: str, as_of: date) -> float:
    """What several names of one zone agree on: `CET/CEST`, `London, UK`. Raises `ValueError` where they don't, or none is a zone."""
    found = set()
    for part in parts:
        with suppress(ValueError):
            found.add(offset_hours(part, as_of))
    if len(found) != 1:
        raise ValueError(text)
    return found.pop()


def _hours(text: str) -> float:
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    sign, hours, _, minutes, share = found.groups()
    value = int(hours) + (int(minutes) / 60 if minutes else float(f"0.{share}") if share else 0.0)
    if value > 14:
        raise ValueError(text)
    return -value if sign == "-" else value


@cache
def _of_country(name: str, as_of: date) -> str | None:
    """The zone of a country whose zones all show the same time on the day."""
    folder = resources.files("tzdata.zoneinfo")
    rows = [
        line.split("\t") for line in folder.joinpath("iso3166.tab").read_text("utf-8").splitlines() if line[:1] != "#"
    ]
    codes = {folded(country): code for code, country in rows} | {
        "uk": "GB",
        "united kingdom": "GB",
        "great britain": "GB",
        "england": "GB",
    }
    zones = [
        line.split("\t")[2]
        for line in folder.joinpath("zone.tab").read_text("utf-8").splitlines()
        if line[:1] != "#" and line.split("\t")[0] == codes.get(name)
    ]
    noon = datetime(as_of.year, as_of.month, as_of.day, 12)
    offsets = {noon.replace(tzinfo=ZoneInfo(zone)).utcoffset() for zone in zones}
    return zones[0] if len(offsets) == 1 else None


def _zone_called(names: Sequence[str]) -> str | None:
    """The zone of the first name that is one. Windows' names come first where a name looks like theirs: `US Mountain Standard Time` isn't `US/Mountain`."""
    if any("standard time" in name for name in names) and (windows := _first(names, _windows())):
        return windows
    return _first(names, _zones()) or _first(names, _windows())


def _first(names: Sequence[str], zones: Mapping[str, str]) -> str | None:
    return next((zones[name] for name in names if name in zones), None)


@cache
def _zones() -> Mapping[str, str]:
    """Zones by the names that people give them; a city that two zones have is left out."""
    every = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    cities: dict[str, set[str]] = {}
    for name in every:
        if "/" in name and not name.startswith("Etc/"):
            cities.setdefault(folded(name.rpartition("/")[2].replace("_", " ")), set()).add(name)
    alone = {city: min(names) for city, names in cities.items() if len(names) == 1}
    iana = {folded(name).replace("_", " "): name for name in every}
    known = {name: zone for zone, names in words("zone_names.yaml").items() for name in names}
    return {**alone, **known, **iana, **ABBREVIATIONS}


@cache
def _windows() -> Mapping[str, str]:
    """Zones by Windows' names; imported when a name is nothing else, since the package reads calendars."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return {folded(name): zone for name, zone in WINDOWS_TO_OLSON.items()}
