"""Names of time zones: IANA's own, however capitalised, Windows' (by Unicode's CLDR) and those that Windows shows; an abbreviation names none, and an offset none that anybody lives in."""

import re
from contextlib import suppress
from functools import cache
from zoneinfo import available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from pipelines.sources.times.shown_zones import shown_zone, zone_of_places

_BESIDE = re.compile(r"\S\s*\(([A-Za-z_]+/[A-Za-z_/+\-]+)\)\s*$")
"""IANA's name behind a program's own: `Pacific Standard Time (America/Los_Angeles)`."""
_WITHOUT_PLACE = frozenset("UTC GMT EST5EDT CST6CDT MST7MDT PST8PDT".split())


class UnknownZone(ValueError):
    """The name is no zone's. The message says what to write instead."""


@cache
def zone_named(name: str) -> str:
    """The IANA name of a zone. Raises `UnknownZone` for offsets (they name no summer time), abbreviations (several zones share them) and slips of the pen."""
    found = _zones().get(_folded(name)) or zone_of_places(_folded(name))
    if found is None:
        raise UnknownZone(
            f"{name!r} names no time zone. Next step: write its IANA name, for example Europe/Berlin or America/New_York (an offset or an abbreviation says nothing of summer time)"
        )
    return found


def _folded(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).casefold()


@cache
def _zones() -> dict[str, str]:
    iana = {_folded(name): name for name in available_timezones() if "/" in name or name in _WITHOUT_PLACE}
    return {**{_folded(name): zone for name, zone in WINDOWS_TO_OLSON.items()}, **iana}


@cache
def iana_name(zone: str) -> str | None:
    """The IANA name of a zone that is named so, by Windows, as a program shows it (`GMT+0100`), or below a prefix (`/example.org/Europe/Berlin`); None for any other."""
    parts = zone.strip().strip("/").split("/")
    for ending in ("/".join(parts[place:]) for place in range(len(parts))):
        with suppress(UnknownZone):
            return zone_named(ending)
    beside = _BESIDE.search(zone)
    return (iana_name(beside[1]) if beside else None) or shown_zone(_folded(zone))
