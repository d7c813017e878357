"""Days and instants of a mapping: its pattern judged before a row is read, and what is told of hours that clocks show twice or never."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time
from typing import Any

import polars as pl

from pipelines.contracts import Column
from pipelines.contracts.files.counted_times import EPOCHS, EXCEL_SERIAL, ODATA, WITHOUT_PATTERN
from pipelines.sources.conversions import Check, Reading, Told, Typed
from pipelines.sources.mapped_files.words import label, mapping_fault
from pipelines.sources.records import SourceRefused
from pipelines.sources.shown_cells import FROM_1900
from pipelines.sources.times import (
    PatternFault,
    TimePattern,
    UnknownZone,
    day_expr,
    instant_expr,
    local_expr,
    time_pattern,
    without_midnight,
    without_zero_days,
    zone_named,
)
from pipelines.sources.times.expressions import AHEAD, PAST_AHEAD, in_zone

_HOUR = re.compile(r"%[HIT+]")
_DAY = 86_400_000  # milliseconds
_LAST_SERIAL = 2_958_465  # 31 December 9999
_MAY_LIE_AHEAD = re.compile(r"planned|due|scheduled|target|open|close|(^|_)(end|to|left|until|termination)(_|$)")


def day(column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading) -> Typed:
    """A column of days. Raises `SourceRefused` for an entry without a sound pattern."""
    declared = spec.get("date")
    if isinstance(declared, list) and declared:
        return _in_one_of(day, "date", column, text, spec, reading)
    if not isinstance(declared, str):
        raise SourceRefused(
            mapping_fault(reading, column, 'names no date format (date: "%Y-%m-%d"); dates are never guessed')
        )
    text = without_zero_days(text)
    value = _number_as_day(column, text, declared, spec, reading)
    if value is None:
        if not _sound_pattern(column, declared, reading).holds_time:
            text = without_midnight(text)
        value = day_expr(text, declared, _zone_or_none(column, spec, reading), **_years(column, reading))
    check = Check(
        text.is_not_null() & value.is_null(),
        text,
        "not_a_date",
        f"{label(column)} {{value}} is not a date",
        reading.remedy,
    )
    if spec.get("plus_days"):
        value = value.dt.offset_by(f"{int(spec['plus_days'])}d")
    return Typed(value.cast(pl.Date), [check], told=_short_years(column, declared, text, reading))


def instant(column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading) -> Typed:
    """A column of instants in UTC. Raises `SourceRefused` for an entry without a sound pattern, or a local time without a zone."""
    declared = spec.get("instant")
    if isinstance(declared, list) and declared:
        return _in_one_of(instant, "instant", column, text, spec, reading)
    if not isinstance(declared, str):
        raise SourceRefused(mapping_fault(reading, column, 'names no format of its time (instant: "%Y-%m-%d %H:%M")'))
    text = without_zero_days(text)
    if declared == EXCEL_SERIAL:
        return _serial_instant(column, text, spec, reading)
    if declared in WITHOUT_PATTERN:
        value = _number_as_instant(text, declared)
        return Typed(value, [_not_a_time(column, text, value, reading, "")])
    pattern = _sound_pattern(column, declared, reading)
    if pattern.holds_offset:
        own = _zone_or_none(column, spec, reading)
        value = instant_expr(text, declared, own, **_years(column, reading))
        return Typed(value, [_not_a_time(column, text, value, reading, "")])
    zone = _zone_or_none(column, spec, reading)
    if zone is None:
        raise SourceRefused(mapping_fault(reading, column, "gives a local time without a zone (zone: Europe/Berlin)"))
    local = local_expr(text, declared, **_years(column, reading)) + _at(column, pattern, spec, reading)
    return _local_instant(column, text, local, zone, reading, _short_years(column, declared, text, reading))


def _serial_instant(column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading) -> Typed:
    """A spreadsheet's count of days with the time as their fraction, by the clock of the column's zone."""
    zone = _zone_or_none(column, spec, reading)
    if zone is None:
        raise SourceRefused(mapping_fault(reading, column, "gives a local time without a zone (zone: Europe/Berlin)"))
    return _local_instant(column, text, _serial(text, reading), zone, reading, ())


def _in_one_of(
    read: Callable[..., Typed], word: str, column: Column, text: pl.Expr, spec: Mapping[str, Any], reading: Reading
) -> Typed:
    """A column that is written in several ways: each value by the first pattern that reads it. `at` holds for those without a time of day."""
    parts = []
    for pattern in spec[word]:
        has_hour = isinstance(pattern, str) and _HOUR.search(pattern)
        parts.append(
            read(column, text, {n: w for n, w in {**spec, word: pattern}.items() if n != "at" or not has_hour}, reading)
        )
    value = pl.coalesce([part.value for part in parts])
    checks = [replace(check, failed=check.failed & value.is_null()) for check in parts[0].checks]
    return Typed(value, checks, told=tuple(told for part in parts for told in part.told))


def _local_instant(
    column: Column, text: pl.Expr, local: pl.Expr, zone: str, reading: Reading, more: tuple[Told, ...]
) -> Typed:
    value = in_zone(local, zone)
    skipped = Check(
        local.is_not_null() & value.is_null(),
        text,
        "hour_skipped",
        f"{label(column)} {{value}} doesn't exist in {zone}, where clocks skip that hour",
        reading.remedy,
    )
    twice = Told(
        value != in_zone(local, zone, ambiguous="latest"),
        "hour_twice",
        f"{{rows}} times of {label(column)} lie in the hour that clocks in {zone} show twice; they are read as the first of the two",
    )
    return Typed(value, [_not_a_time(column, text, local, reading, f" in {zone}"), skipped], told=(twice, *more))


def _at(column: Column, pattern: TimePattern, spec: Mapping[str, Any], reading: Reading) -> pl.Expr:
    """The time of day that the mapping gives to days without one."""
    given = spec.get("at")
    if pattern.holds_time and given is not None:
        raise SourceRefused(
            mapping_fault(
                reading, column, f"gives an hour (`at:`) to the pattern {pattern.declared!r}, which holds one"
            )
        )
    if pattern.holds_time:
        return pl.duration(minutes=0)
    if given is None:
        raise SourceRefused(
            mapping_fault(
                reading,
                column,
                f'reads an instant by {pattern.declared!r}, which holds no time of day: write the whole pattern, or `at: "09:00"` if the file has days alone',
            )
        )
    try:
        hour = time.fromisoformat(
            f"{int(given) // 60:02}:{int(given) % 60:02}" if isinstance(given, int) else str(given)
        )
    except ValueError:
        raise SourceRefused(mapping_fault(reading, column, f'has no hour in `at: {given}` (at: "09:00")')) from None
    return pl.duration(hours=hour.hour, minutes=hour.minute)


def _not_a_time(column: Column, text: pl.Expr, value: pl.Expr, reading: Reading, where: str) -> Check:
    reason = f"{label(column)} {{value}} is not a time{where}"
    return Check(text.is_not_null() & value.is_null(), text, "not_a_time", reason, reading.remedy)


def _sound_pattern(column: Column, declared: str, reading: Reading) -> TimePattern:
    try:
        return time_pattern(declared)
    except PatternFault as fault:
        raise SourceRefused(mapping_fault(reading, column, f"reads times by {declared!r}, which {fault}")) from None


def _zone_or_none(column: Column, spec: Mapping[str, Any], reading: Reading) -> str | None:
    zone = spec.get("zone") or reading.zone
    try:
        return zone_named(str(zone)) if zone else None
    except UnknownZone as fault:
        raise SourceRefused(f"{reading.file}: the mapping of {column.name}: {fault}.") from None


def _years(column: Column, reading: Reading) -> dict[str, Any]:
    return {"as_of": reading.as_of, "may_lie_ahead": bool(_MAY_LIE_AHEAD.search(column.name))}


def _short_years(column: Column, declared: str, text: pl.Expr, reading: Reading) -> tuple[Told, ...]:
    if declared in WITHOUT_PATTERN or not time_pattern(declared).holds_short_year:
        return ()
    newest = (reading.as_of or date.today()).year + (AHEAD if _years(column, reading)["may_lie_ahead"] else PAST_AHEAD)
    detail = f"{{rows}} years of {label(column)} have two digits; they are read as {newest - 99} to {newest}"
    is_read = local_expr(text, declared, **_years(column, reading)).is_not_null()
    return (Told(is_read, "two_digit_years", detail),)


def _number_as_day(column: Column, text: pl.Expr, declared: str, spec: Mapping[str, Any], reading: Reading) -> pl.Expr | None:  # fmt: skip
    if declared == ODATA:
        return pl.coalesce(_odata_millis(text).cast(pl.Date), day_expr(without_midnight(text), "%Y-%m-%d"))
    if declared == EXCEL_SERIAL:
        return _serial(text, reading).dt.date()
    if declared in EPOCHS:
        zone = _zone_or_none(column, spec, reading)
        if zone is None:
            raise SourceRefused(mapping_fault(reading, column, "counts moments without a zone for their day (zone: Europe/Berlin)"))  # fmt: skip
        return _number_as_instant(text, declared).dt.convert_time_zone(zone).dt.date()
    return None


def _serial(text: pl.Expr, reading: Reading) -> pl.Expr:
    """A spreadsheet's day with its hour, counted from the workbook's own day 0; null for what is no day up to the year 9999."""
    days = text.cast(pl.Float64, strict=False)
    days = pl.when(days.is_between(1, _LAST_SERIAL)).then(days)
    return pl.lit(reading.day_zero or FROM_1900).cast(pl.Datetime("us")) + pl.duration(
        milliseconds=(days * _DAY).round().cast(pl.Int64)
    )


def _number_as_instant(text: pl.Expr, declared: str) -> pl.Expr:
    if declared == ODATA:
        return pl.coalesce(_odata_millis(text).dt.replace_time_zone("UTC"), instant_expr(text, "%+"))
    micros = text.cast(pl.Float64, strict=False).mul(EPOCHS[declared].microseconds).cast(pl.Int64, strict=False)
    return pl.from_epoch(micros, time_unit="us").dt.replace_time_zone("UTC")


def _odata_millis(text: pl.Expr) -> pl.Expr:
    """OData's times: `/Date(1704067200000)/` or `/Date(1704067200000+0000)/`, milliseconds of UTC; a date is its midnight there, so no zone is applied."""
    millis = text.str.extract(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$", 1).cast(pl.Int64, strict=False)
    return pl.from_epoch(millis, time_unit="ms").cast(pl.Datetime("us"))
