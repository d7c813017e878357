"""Patterns as Polars expressions: the time as it is written, the day, the instant. Text that doesn't fit becomes null, which callers reject in words."""

import unicodedata
from datetime import UTC, date, datetime, time
from functools import cache, partial
from importlib import resources
from typing import Any, Literal

import polars as pl
import yaml

from pipelines.sources.times.pattern import Given, TimePattern, time_pattern
from pipelines.sources.times.zone_letters import in_named_zones
from pipelines.sources.times.zones import zone_named

Ambiguous = Literal["earliest", "latest"]
"""Which of two instants a local time means that clocks show twice."""
LOCAL, INSTANT = pl.Datetime("us"), pl.Datetime("us", "UTC")
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
    return text.map_batches(_without_zero_days, return_dtype=pl.String())


def local_expr(text: pl.Expr, declared: str, *, as_of: date | None = None, may_lie_ahead: bool = False) -> pl.Expr:
    """The time as it is written, without regard to any zone; a day without time is its midnight. as_of: for years of two digits, which end at most a year after it."""
    read = partial(_local, pattern=time_pattern(declared), newest=_newest_year(as_of, may_lie_ahead=may_lie_ahead))
    return text.map_batches(read, return_dtype=LOCAL)


def instant_expr(text: pl.Expr, declared: str, zone: str | None = None, **years: Any) -> pl.Expr:
    """The instant in UTC. An hour that occurs twice in autumn is the first of the two; one that spring skips is null.

    Raises `UnknownZone`. zone: needed where the pattern holds no offset.
    """
    pattern = time_pattern(declared)
    own = zone_named(zone) if zone else None
    if not pattern.holds_offset:
        own = zone_named(str(zone))
    return text.map_batches(
        partial(_instants, pattern=pattern, zone=own, newest=_newest_year(**years)), return_dtype=INSTANT
    )


def in_zone(local: pl.Expr, zone: str, *, ambiguous: Ambiguous = "earliest") -> pl.Expr:
    """A local time of an IANA zone as an instant in UTC."""
    return local.map_batches(partial(_in_zone, zone=zone, ambiguous=ambiguous), return_dtype=INSTANT)


def day_expr(text: pl.Expr, declared: str, zone: str | None = None, **years: Any) -> pl.Expr:
    """The day. An instant with an offset is a day in `zone` where one is declared, unless it is midnight as written: then it is a day that a program wrote as an instant."""
    own = zone_named(zone) if zone else None
    return text.map_batches(
        partial(_days, pattern=time_pattern(declared), zone=own, newest=_newest_year(**years)), return_dtype=pl.Date()
    )


def _newest_year(as_of: date | None = None, *, may_lie_ahead: bool = False) -> int:
    """The last year that two digits can mean."""
    return (as_of or datetime.now(UTC).date()).year + (AHEAD if may_lie_ahead else PAST_AHEAD)


def _without_zero_days(texts: pl.Series) -> pl.Series:
    return _where(~texts.str.contains(_NO_DAY), texts)


def _where(holds: pl.Series, values: pl.Series) -> pl.Series:
    """`values` where it holds, else null. Nearly always it holds everywhere."""
    if holds.all():
        return values
    return pl.select(pl.when(holds).then(values).alias(values.name)).to_series()


def _local(texts: pl.Series, *, pattern: TimePattern, newest: int) -> pl.Series:
    """Evaluated step by step: as one expression, each step would work out those before it again for every place that names them."""
    if pattern.is_plain and not pattern.holds_offset:
        return _read_by_polars(texts, pattern)
    return _put_together(_groups(texts, pattern), pattern, newest)


def _instants(texts: pl.Series, *, pattern: TimePattern, zone: str | None, newest: int) -> pl.Series:
    if pattern.declared == "%+":
        return _sound(texts.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False), texts)
    local = _local(texts, pattern=pattern, newest=newest)
    if not pattern.holds_offset:
        return _in_zone(local, zone=str(zone))
    found = _groups(texts, pattern).with_columns(local.alias("local"))
    if "zone_letters" in pattern.fields and not pattern.fields & {"offset", "epoch"}:
        return _countable(found.select(in_named_zones(pl.col("local"), pl.col("zone_letters"), zone)).to_series())
    there = (pl.col("local") - _offset(pattern)).dt.replace_time_zone("UTC")
    return _countable(found.select(there).to_series())


def _in_zone(local: pl.Series, *, zone: str, ambiguous: Ambiguous = "earliest") -> pl.Series:
    there = local.dt.replace_time_zone(zone, ambiguous=ambiguous, non_existent="null")
    return _countable(there.dt.convert_time_zone("UTC"))


def _days(texts: pl.Series, *, pattern: TimePattern, zone: str | None, newest: int) -> pl.Series:
    local = _local(texts, pattern=pattern, newest=newest)
    if not pattern.holds_offset or zone is None:
        return local.dt.date()
    there = _instants(texts, pattern=pattern, zone=zone, newest=newest).dt.convert_time_zone(zone)
    return there.dt.date().zip_with(~(local.dt.time() == time(0)).fill_null(value=False), local.dt.date())


def instant_of(written: str | None, declared: str, zone: str | None = None, **years: Any) -> datetime | None:
    """`instant_expr` of one text."""
    if not written or not written.strip():
        return None
    value = pl.select(instant_expr(pl.lit(written.strip()), declared, zone, **years)).item()
    return value.astimezone(UTC) if value is not None else None


def _read_by_polars(texts: pl.Series, pattern: TimePattern) -> pl.Series:
    if pattern.fields & {"hour", "hour_of_12"}:
        return _sound(texts.str.to_datetime(pattern.declared, time_unit="us", strict=False), texts)
    return _sound(texts.str.to_date(pattern.declared, strict=False), texts).cast(LOCAL)


def _sound(values: pl.Series, texts: pl.Series) -> pl.Series:
    """Without what Polars takes for a time and no clock shows: a year of fewer digits, a second 60."""
    return _countable(_where(~texts.str.contains(":60", literal=True), values))


def _countable(values: pl.Series) -> pl.Series:
    """Null for years that no calendar of ours counts: the first moment of the year 1 is in the year before it in another zone."""
    return _where(values.dt.year().is_between(FIRST_YEAR, LAST_YEAR), values)


def _groups(texts: pl.Series, pattern: TimePattern) -> pl.DataFrame:
    """A column for each field that the texts of a pattern hold; null where a text doesn't fit."""
    return texts.str.extract_groups(pattern.regex).struct.unnest()


def _put_together(found: pl.DataFrame, pattern: TimePattern, newest: int) -> pl.Series:
    """The groups of a pattern as one local time; with an offset or an epoch as the clock there shows it."""
    if "epoch" in pattern.fields:
        seconds = pl.col("epoch").cast(pl.Int64, strict=False)
        return found.select(pl.from_epoch(seconds, time_unit="s").cast(LOCAL)).to_series()
    local = pl.col("local")
    found = found.select(*pattern.fields & set(found.columns), _written(pattern, newest).alias("local"))
    if pattern.given and pattern.given.day == 0:
        found = found.with_columns(local.dt.month_end())
    if "weekday" in pattern.fields:
        told = pl.col("weekday").str.to_lowercase().str.head(3)
        told_day = told.replace_strict(WEEKDAYS, default=None, return_dtype=pl.Int8)
        # another day of the week than the date's says that the date is read in a wrong order, or was mistyped
        agrees = told_day == local.dt.weekday()
        agrees = agrees.fill_null(value=True) | ((told == "so") & (local.dt.weekday() == 6))
        found = found.with_columns(pl.when(agrees).then(local).alias("local"))
    if "fraction" in pattern.fields:
        micros = pl.col("fraction").str.head(6).str.pad_end(6, "0").cast(pl.Int64, strict=False).fill_null(0)
        found = found.with_columns(local + pl.duration(microseconds=micros))
    return found["local"]


def _written(pattern: TimePattern, newest: int) -> pl.Expr:
    """The groups in one form, read as a time; what is smaller than a second not yet."""
    year = _year(pattern, newest) if "iso_year" not in pattern.fields else pl.lit(None)
    clock = [_hour(pattern), *(_number(pattern, name) for name in ("minute", "second"))]
    if "iso_week" in pattern.fields:
        parts, form = [pl.col(name) for name in ("iso_year", "iso_week", "day_of_week")], "%G %V %u"
    elif "day_of_year" in pattern.fields:
        parts, form = [year, pl.col("day_of_year")], "%Y %j"
    else:
        given = pattern.given.day if pattern.given else None
        day = pl.col("day") if given is None else pl.lit(str(given or 1))
        parts, form = [year, _month(pattern), day], "%Y %m %d"
    written = pl.format(" ".join("{}" for _ in parts) + " {}:{}:{}", *parts, *clock)
    return written.str.to_datetime(f"{form} %H:%M:%S", time_unit="us", strict=False)


def _number(pattern: TimePattern, name: str) -> pl.Expr:
    return pl.col(name) if name in pattern.fields else pl.lit("0")


def _year(pattern: TimePattern, newest: int) -> pl.Expr:
    """Four digits as they are; two in the hundred years that end with `newest`."""
    if pattern.given and pattern.given.day is None:
        return _given_year(pattern, pattern.given)
    if "year" in pattern.fields:
        return pl.col("year")
    short = pl.col("short_year").cast(pl.Int32, strict=False)
    return newest - (newest - short) % 100


def _given_year(pattern: TimePattern, given: Given) -> pl.Expr:
    """The year that the pattern gives, or the one of the last such day up to a day."""
    month = _month(pattern)
    if given.until is None:
        return pl.when(month.is_not_null()).then(pl.lit(str(given.year)))
    of_the_year = month.cast(pl.Int32, strict=False) * 100 + pl.col("day").cast(pl.Int32, strict=False)
    is_later = of_the_year > given.until.month * 100 + given.until.day
    return (given.until.year - is_later.cast(pl.Int32)).cast(pl.String)


def _month(pattern: TimePattern) -> pl.Expr:
    if "month" in pattern.fields:
        return pl.col("month")
    return _folded(pl.col("month_name")).replace_strict(_months(), default=None, return_dtype=pl.String)


def _hour(pattern: TimePattern) -> pl.Expr:
    if "hour_of_12" not in pattern.fields:
        return _number(pattern, "hour")
    afternoon = _folded(pl.col("half")).replace_strict(_halves(), default=None, return_dtype=pl.Int32)
    return pl.col("hour_of_12").cast(pl.Int32, strict=False) % 12 + 12 * afternoon


def _offset(pattern: TimePattern) -> pl.Expr:
    """What the clock there is ahead of UTC; null for more than any place's."""
    if "epoch" in pattern.fields:
        return pl.duration(minutes=0)
    written = pl.col("offset").str.replace_all("\u2212", "-", literal=True)
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
