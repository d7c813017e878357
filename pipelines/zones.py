"""In which zone an instant is a day. A date stays a date; an instant belongs to the day on which it happened, where it happened."""

from collections.abc import Iterable
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import polars as pl

_OF_NOBODY = frozenset(
    "UTC UCT GMT GMT0 GMT+0 GMT-0 Zulu Universal Greenwich "
    "Etc/UTC Etc/UCT Etc/GMT Etc/GMT0 Etc/GMT+0 Etc/GMT-0 Etc/Zulu Etc/Universal Etc/Greenwich".split()
)


@cache
def known_zones() -> frozenset[str]:
    """Every IANA zone that this machine knows; its own local time is none."""
    return frozenset(available_timezones() - {"localtime"})


def zone_or_none(name: object) -> ZoneInfo | None:
    """The zone of a name; None where nobody knows one of that name.

    What is raised for a name that is none hangs on where a machine keeps its zones: `Europe` is a folder there, and so an OSError here and a missing key elsewhere.
    """
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_of_people(*names: object) -> str | None:
    """The first that is a zone in which people live. UTC says how a time was written, not where it was lived."""
    return next((str(name) for name in names if name in known_zones() and name not in _OF_NOBODY), None)


def only_zone(names: Iterable[object]) -> str | None:
    """The one zone of people among `names`; None where there is none, or several."""
    found = {zone for zone in map(zone_of_people, names) if zone is not None}
    return found.pop() if len(found) == 1 else None


def recorded_zone(rows: pl.DataFrame, otherwise: str) -> pl.Expr:
    """Zone of each raw row: the record's own, else that in which a meeting was planned, else `otherwise`."""
    own = pl.col("recorded_tz") if "recorded_tz" in rows.columns else pl.lit(None, dtype=pl.String)
    candidates: list[pl.Expr] = [pl.when(own.is_in(known_zones())).then(own)]
    if "scheduled_tz" in rows.columns:
        planned = pl.col("scheduled_tz")
        candidates.append(pl.when(planned.is_in(known_zones() - _OF_NOBODY)).then(planned))
    return pl.coalesce(*candidates, pl.lit(otherwise)).alias("recorded_tz")
