"""Zones as letters behind a time: `CET`, `Central European Time`, `Europe/Berlin`. Letters that several parts of the world share count only where the declared zone has them."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.sources.times.shown_zones import stated_minutes
from pipelines.sources.times.zones import iana_name, zone_named

LETTERS = r"(?:\p{L}|\((?:UTC|GMT))[\p{L}\p{M}_/ +\-\d.,:&()'’]*?"
_HOURS = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "bst": 1, "eet": 2, "eest": 3, "msk": 3,
    "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
    "sast": 2, "sgt": 8, "hkt": 8, "jst": 9, "kst": 9, "awst": 8, "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip
"""Hours ahead of UTC. Left out are CST (America, China), IST (India, Ireland, Israel) and AST (Atlantic, Arabia)."""
_TYPE = pl.Datetime("us", "UTC")
_NONE = pl.lit(None, dtype=_TYPE)
_YEARS = range(1990, 2031)


def in_named_zones(local: pl.Expr, letters: pl.Expr, zone: str | None) -> pl.Expr:
    """Local times as instants in UTC, each in the zone that its letters name; null where they name none. zone: the declared one, whose letters mean its own hours."""
    told = pl.struct(local.alias("local"), letters.str.strip_chars().str.to_lowercase().alias("letters"))
    own = zone_named(zone) if zone else None
    return told.map_batches(lambda rows: _instants(rows.struct.unnest(), own), return_dtype=_TYPE)


def _instants(rows: pl.DataFrame, zone: str | None) -> pl.Series:
    ways = [
        pl.when(pl.col("letters") == letters).then(_instant(letters, zone))
        for letters in rows["letters"].drop_nulls().unique()
    ]
    return rows.select(pl.coalesce(*ways, _NONE)).to_series() if ways else pl.Series([None] * rows.height, dtype=_TYPE)


def _instant(letters: str, zone: str | None) -> pl.Expr:
    local = pl.col("local")
    hours = (_letters_of(zone) if zone else {}).get(letters, _HOURS.get(letters))
    minutes = stated_minutes(letters) if hours is None else round(hours * 60)
    if minutes is not None:
        return (local - pl.duration(minutes=minutes)).dt.replace_time_zone("UTC")
    named = iana_name(letters)
    if named is None:
        return _NONE
    return local.dt.replace_time_zone(named, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")


@cache
def _letters_of(zone: str) -> dict[str, float]:
    """The letters that a zone's clocks show in winter and summer, folded, to their hours ahead of UTC."""
    there = ZoneInfo(zone)
    moments = (datetime(year, month, 1, tzinfo=UTC).astimezone(there) for year in _YEARS for month in (1, 7))
    return {str(at.tzname()).lower(): offset.total_seconds() / 3600 for at in moments if (offset := at.utcoffset()) is not None}  # fmt: skip
