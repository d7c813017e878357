"""Patterns as Polars expressions: the time as it is written, the day, the instant. Text that doesn't fit becomes null, which callers reject in words."""

import unicodedata
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from typing import Any

import polars as pl
import yaml

from pipelines.sources.times.pattern import Given, TimePattern, time_pattern
from pipelines.sources.times.zone_letters import in_named_zones
from pipelines.sources.times.zones import zone_named

FIRST_YEAR, LAST_YEAR = 1000, 9999  # `%Y` has four digits: Polars alone would read 19 as the year 19
AHEAD = 20  # years by which a year of two digits may lie ahead, where a column may hold what is planned
PAST_AHEAD = 1  # ... and where it tells what was: somebody hired next January is known already
_MIDNIGHT = r"(?i)[t\s]\s*(?:0?0:00(?::00(?:[.,]0+)?)?|12:00(?::00)?\s*a\.?m\.?)\s*(?:z|utc|gmt|[+-]\d\d:?\d\d)?$"
"""How programs write out a day: as its midnight, in whatever zone."""
_DAY_IN_A_ZONE = r"^(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)$"
"""... and as XML Schema's dates, which may name one."""
_NO_DAY = r"(?i)^(?:0{1,4}[./-]0{1,2}[./-]0{1,4}|0001-01-01|0?1[./-]0?1[./-]0001)(?:[t\s].*)?$"
WEEKDAYS = {
    word: number
    for number, words in enumerate(
        (
            "mo mon lu lun maa",
            "tu tue di die din mar",
            "we wed mi mit mer mié mie wo woe",
            "th thu do don je jeu jue gio",
            "fr fri fre ve ven vie vr vri",
            "sa sat sam sáb sab za zat",
            "su sun so son dim dom zo zon",
        ),
        start=1,
    )
    for word in words.split()
}
"""The first letters of weekdays in English, German, French, Spanish, Italian and Dutch, which nowhere mean two (`So` is Saturday in Czech and Slovak, too); Monday is 1. Others are known to nobody and checked by nobody."""
LARGEST_OFFSET = 14 * 60  # minutes; no place is further from UTC


def without_midnight(text: pl.Expr) -> pl.Expr:
    """The text of a day, where a program has written its midnight behind it."""
    return text.str.replace(_MIDNIGHT, "").str.replace(_DAY_IN_A_ZONE, "${1}")


def without_zero_days(text: pl.Expr) -> pl.Expr:
    """Null for `00.00.0000` and the first day of the year 1, by which systems write that there is no day."""
    return pl.when(~text.str.contains(_NO_DAY)).then(text)


def local_expr(text: pl.Expr, declared: str, *, as_of: date | None = None, may_lie_ahead: bool = False) -> pl.Expr:
    """The time as it is written, without regard to any zone; a day without time is its midnight. as_of: for years of two digits, which end at most a year after it."""
    pattern = time_pattern(declared)
    if pattern.is_plain and not pattern.holds_offset:
        return _read_by_polars(text, pattern)
    found = text.str.extract_groups(pattern.regex).struct
    return _put_together(found, pattern, as_of or datetime.now(UTC).date(), AHEAD if may_lie_ahead else PAST_AHEAD)


def instant_expr(text: pl.Expr, declared: str, zone: str | None = None, **years: Any) -> pl.Expr:
    """The instant in UTC. An hour that occurs twice in autumn is the first of the two; one that spring skips is null.

    Raises `UnknownZone`. zone: needed where the pattern holds no offset.
    """
    pattern = time_pattern(declared)
    if declared == "%+":
        return _sound(text.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False), text)
    if "zone_letters" in pattern.fields and not pattern.fields & {"offset", "epoch"}:
        letters = text.str.extract_groups(pattern.regex).struct.field("zone_letters")
        return _countable(in_named_zones(local_expr(text, declared, **years), letters, zone))
    if pattern.holds_offset:
        offset = _offset(text.str.extract_groups(pattern.regex).struct, pattern)
        return _countable((local_expr(text, declared, **years) - offset).dt.replace_time_zone("UTC"))
    return in_zone(local_expr(text, declared, **years), zone_named(str(zone)))


def in_zone(local: pl.Expr, zone: str, *, ambiguous: Any = "earliest") -> pl.Expr:
    """A local time of an IANA zone as an instant in UTC."""
    there = local.dt.replace_time_zone(zone, ambiguous=ambiguous, non_existent="null")
    return _countable(there.dt.convert_time_zone("UTC"))


def day_expr(text: pl.Expr, declared: str, zone: str | None = None, **years: Any) -> pl.Expr:
    """The day. An instant with an offset is a day in `zone` where one is declared, unless it is midnight as written: then it is a day that a program wrote as an instant."""
    pattern = time_pattern(declared)
    local = local_expr(text, declared, **years)
    if not pattern.holds_offset or zone is None:
        return local.dt.date()
    there = instant_expr(text, declared, zone, **years).dt.convert_time_zone(zone_named(zone))
    is_midnight = local.dt.time() == pl.time(0)
    return pl.when(is_midnight).then(local.dt.date()).otherwise(there.dt.date())


def instant_of(written: str | None, declared: str, zone: str | None = None, **years: Any) -> datetime | None:
    """`instant_expr` of one text."""
    if not written or not written.strip():
        return None
    value = pl.select(instant_expr(pl.lit(written.strip()), declared, zone, **years)).item()
    return value.astimezone(UTC) if value is not None else None


def _read_by_polars(text: pl.Expr, pattern: TimePattern) -> pl.Expr:
    if pattern.fields & {"hour", "hour_of_12"}:
        return _sound(text.str.to_datetime(pattern.declared, time_unit="us", strict=False), text)
    return _sound(text.str.to_date(pattern.declared, strict=False), text).cast(pl.Datetime("us"))


def _sound(value: pl.Expr, text: pl.Expr) -> pl.Expr:
    """Without what Polars takes for a time and no clock shows: a year of fewer digits, a second 60."""
    return _countable(pl.when(~text.str.contains(":60", literal=True)).then(value))


def _countable(value: pl.Expr) -> pl.Expr:
    """Null for years that no calendar of ours counts: the first moment of the year 1 is in the year before it in another zone."""
    return pl.when(value.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(value)


def _put_together(found: Any, pattern: TimePattern, as_of: date, ahead: int) -> pl.Expr:
    """The groups of a pattern as one local time; with an offset or an epoch as the clock there shows it."""
    if "epoch" in pattern.fields:
        return pl.from_epoch(found.field("epoch").cast(pl.Int64, strict=False), time_unit="s").cast(pl.Datetime("us"))
    year = _year(found, pattern, as_of, ahead) if "iso_year" not in pattern.fields else pl.lit(None)
    clock = [_hour(found, pattern), *(_number(found, pattern, name) for name in ("minute", "second"))]
    if "iso_week" in pattern.fields:
        week = [found.field(name) for name in ("iso_year", "iso_week", "day_of_week")]
        written = pl.format("{} {} {} {}:{}:{}", *week, *clock)
        local = written.str.to_datetime("%G %V %u %H:%M:%S", time_unit="us", strict=False)
    elif "day_of_year" in pattern.fields:
        written = pl.format("{} {} {}:{}:{}", year, found.field("day_of_year"), *clock)
        local = written.str.to_datetime("%Y %j %H:%M:%S", time_unit="us", strict=False)
    else:
        given = pattern.given.day if pattern.given else None
        day = found.field("day") if given is None else pl.lit(str(given or 1))
        written = pl.format("{}-{}-{} {}:{}:{}", year, _month(found, pattern), day, *clock)
        local = written.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
        local = local.dt.month_end() if given == 0 else local
    if "weekday" in pattern.fields:
        told = found.field("weekday").str.to_lowercase().str.head(3)
        told_day = told.replace_strict(WEEKDAYS, default=None, return_dtype=pl.Int8)
        # another day of the week than the date's says that the date is read in a wrong order, or was mistyped
        agrees = told_day == local.dt.weekday()
        local = pl.when(agrees.fill_null(value=True) | ((told == "so") & (local.dt.weekday() == 6))).then(local)
    if "fraction" in pattern.fields:
        micros = found.field("fraction").str.head(6).str.pad_end(6, "0").cast(pl.Int64, strict=False).fill_null(0)
        local = local + pl.duration(microseconds=micros)
    return local


def _number(found: Any, pattern: TimePattern, name: str) -> pl.Expr:
    return found.field(name) if name in pattern.fields else pl.lit("0")


def _year(found: Any, pattern: TimePattern, as_of: date, ahead: int) -> pl.Expr:
    """Four digits as they are; two in the hundred years that end `ahead` years after `as_of`."""
    if pattern.given and pattern.given.day is None:
        return _given_year(found, pattern, pattern.given)
    if "year" in pattern.fields:
        return found.field("year")
    newest = as_of.year + ahead
    short = found.field("short_year").cast(pl.Int32, strict=False)
    return newest - (newest - short) % 100


def _given_year(found: Any, pattern: TimePattern, given: Given) -> pl.Expr:
    """The year that the pattern gives, or the one of the last such day up to a day."""
    month = _month(found, pattern)
    if given.until is None:
        return pl.when(month.is_not_null()).then(pl.lit(str(given.year)))
    of_the_year = month.cast(pl.Int32, strict=False) * 100 + found.field("day").cast(pl.Int32, strict=False)
    is_later = of_the_year > given.until.month * 100 + given.until.day
    return (given.until.year - is_later.cast(pl.Int32)).cast(pl.String)


def _month(found: Any, pattern: TimePattern) -> pl.Expr:
    if "month" in pattern.fields:
        return found.field("month")
    return _folded(found.field("month_name")).replace_strict(_months(), default=None, return_dtype=pl.String)


def _hour(found: Any, pattern: TimePattern) -> pl.Expr:
    if "hour_of_12" not in pattern.fields:
        return _number(found, pattern, "hour")
    afternoon = _folded(found.field("half")).replace_strict(_halves(), default=None, return_dtype=pl.Int32)
    return found.field("hour_of_12").cast(pl.Int32, strict=False) % 12 + 12 * afternoon


def _offset(found: Any, pattern: TimePattern) -> pl.Expr:
    """What the clock there is ahead of UTC; null for more than any place's."""
    if "epoch" in pattern.fields:
        return pl.duration(minutes=0)
    written = found.field("offset").str.replace_all("\u2212", "-", literal=True)
    hours = written.str.extract(r"[+-](\d{1,2}?)(?::?\d{2})?$", 1).cast(pl.Int64, strict=False)
    minutes = written.str.extract(r"[+-]\d{1,2}?:?(\d{2})$", 1).cast(pl.Int64, strict=False).fill_null(0)
    total = hours * 60 + minutes
    signed = pl.when(written.str.contains("-", literal=True)).then(-total).otherwise(total)
    is_utc = written.is_not_null() & ~written.str.contains(r"\d")
    return pl.duration(minutes=pl.when(is_utc).then(0).when((total <= LARGEST_OFFSET) & (minutes < 60)).then(signed))


def _folded(text: pl.Expr) -> pl.Expr:
    return text.str.normalize("NFKD").str.replace_all(r"[\p{M}\s.]", "").str.to_lowercase()


def _plain(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word)
    return "".join(mark for mark in plain if not unicodedata.combining(mark)).lower()


@cache
def _words() -> dict[str, Any]:
    return yaml.safe_load(resources.files(__package__).joinpath("words.yaml").read_text(encoding="utf-8"))


@cache
def _months() -> dict[str, str]:
    return {_plain(word): str(month) for month, words in _words()["months"].items() for word in words}


def month_number(word: str) -> int | None:
    """The month that a word names in one of the languages of words.yaml, short or long; None for other words."""
    found = _months().get(_plain(word))
    return int(found) if found else None


def month_words() -> frozenset[str]:
    """What months are called, short and long, without accents and in lower case."""
    return frozenset(_months())


@cache
def _halves() -> dict[str, int]:
    before, after = ([_plain(word) for word in _words()[name]] for name in ("before_noon", "after_noon"))
    return {**dict.fromkeys(before, 0), **dict.fromkeys(after, 1)}
