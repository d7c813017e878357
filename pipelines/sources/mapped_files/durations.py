"""How long something took, as people write it: `1h30`, `90 min`, `1:30`, `1,5 Std.`, `PT1H30M`, or a number alone, whose unit the mapping names."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from pipelines.contracts import Column
from pipelines.sources.conversions import Check, Reading, Typed
from pipelines.sources.mapped_files.words import label, mapping_fault
from pipelines.sources.records import SourceRefused
from pipelines.sources.shown_cells import FROM_1904

MINUTES_OF: Mapping[str, float] = {"minutes": 1.0, "hours": 60.0, "seconds": 1 / 60}
"""What a number alone is worth, by the word of the mapping."""
_NUMBER = r"(\d+(?:\.\d+)?)"
_HOURS = r"(?:h|hs|hrs?|hours?|std|stunden?|heures?|horas?)"
_MINUTES = r"(?:m|mn|mins?|minutes?|minuten|minutos?|['′])"
_SECONDS = r"(?:s|secs?|seconds?|sek|sekunden?|secondes?|segundos?)"
_AND = r"\s*(?:and|und|et|y|,)?\s*"
_ABOUT = r"^(?:ca|circa|approx|approximately|about|around|roughly|etwa|ungef(?:ä|ae)hr|rund|env|environ|à peu près|aprox|aproximadamente|unos|unas|ongeveer|[~≈±])\.?\s*(?:\b|$)"
_PARTS = {"½": ".5", "¼": ".25", "¾": ".75", r"\b1/2\b": ".5", r"\b3/4\b": ".75", r"\b1/4\b": ".25"}
_ALONE = rf"^{_NUMBER}$"
_CLOCK = r"^(\d{1,2}):([0-5]\d)(?::([0-5]\d)(?:\.0+)?)?$"
_WORDS = rf"^(?:{_NUMBER}\s*{_HOURS}\.?)?{_AND}(?:{_NUMBER}\s*{_MINUTES}?\.?)?{_AND}(?:{_NUMBER}\s*{_SECONDS}\.?)?$"
_ISO_DAYS = r"^p(\d{1,4})d(?:t|$)"
"""The days of ISO 8601's lengths (`P1DT2H30M`), as databases write what is longer than one."""
_SHEET_DAY = r"^1(?:899-12-3[01]|90(?:0-01|4-01)-\d\d)[ t]"
_SHEET_DAY_AND_HOUR = r"^(1(?:899-12-3[01]|90(?:0-01|4-01)-\d\d)) "
"""The day that a spreadsheet puts before a time alone."""
MOST_HOURS = 12
"""No number of hours above this is one meeting's."""
FEW_MINUTES = 3
"""No meeting is as short as this; a number up to it is one of hours."""
_UNITS = {
    unit: re.compile(rf"^{words}$") for unit, words in (("hours", _HOURS), ("minutes", _MINUTES), ("seconds", _SECONDS))
}


def duration(column: Column, text: pl.Expr, unit: object, reading: Reading) -> Typed:
    """A column of minutes. unit: of numbers alone, `minutes`, `hours` or `seconds`. Raises `SourceRefused` for another."""
    if unit not in MINUTES_OF:
        raise SourceRefused(mapping_fault(reading, column, f"counts in {unit!r} (duration: minutes, hours or seconds)"))
    value = minutes_of(text, str(unit))
    if reading.day_zero is not None:
        value = value + _whole_days(text, reading.day_zero)
    reason = f"{label(column)} {{value}} is no length of time"
    check = Check(text.is_not_null() & value.is_null(), text, "not_a_duration", reason, reading.remedy, quotable=True)
    return Typed(value, [check])


def _whole_days(text: pl.Expr, zero: date) -> pl.Expr:
    """Minutes of the whole days that a workbook keeps before the hour: 25:30 in a cell of `[h]:mm` is the second day of its count at 1:30."""
    written = text.str.extract(_SHEET_DAY_AND_HOUR, 1).str.to_date("%Y-%m-%d", strict=False)
    first = zero if zero == FROM_1904 else zero + timedelta(days=1)  # the reader's days before March 1900 lie one later
    days = (written - pl.lit(first)).dt.total_days()
    return pl.when(days > 0).then(days * 1440.0).otherwise(0.0).fill_null(0.0)


def minutes_of(text: pl.Expr, unit: str) -> pl.Expr:
    """Minutes; null where a text is no length of time."""
    written = text.str.to_lowercase()
    days = written.str.extract(_ISO_DAYS, 1).cast(pl.Float64, strict=False)
    plain = written.str.replace(_ISO_DAYS, "").str.replace(_SHEET_DAY, "").str.replace(r"^pt", "")
    plain = plain.str.replace_all(r"(\d),(\d)", "${1}.${2}").str.replace(_ABOUT, "").str.strip_chars()
    for part, value in _PARTS.items():
        plain = plain.str.replace(rf"(\d?)\s*{part}", f"${{1}}{value}")
    plain = plain.str.replace(r"^\.", "0.")
    alone = plain.str.extract(_ALONE).cast(pl.Float64) * MINUTES_OF[unit]
    has_parts = plain.str.contains(_WORDS) & plain.str.contains(r"\d")
    within_a_day = pl.coalesce(
        alone,
        pl.when(plain.str.contains(_CLOCK)).then(_together(plain, _CLOCK)),
        pl.when(has_parts).then(_together(plain, _WORDS)),
        pl.when(days.is_not_null() & (plain == "")).then(0.0),
    )
    return within_a_day + days.fill_null(0.0) * 1440


def _together(text: pl.Expr, pattern: str) -> pl.Expr:
    hours, minutes, seconds = (
        text.str.extract(pattern, part).cast(pl.Float64, strict=False).fill_null(0.0) for part in (1, 2, 3)
    )
    return hours * 60 + minutes + seconds / 60


def unit_named(words: str) -> str | None:
    """The unit that a folded header names: `duration hours`, `dauer std`; None where it names none, or several."""
    named = {unit for unit, pattern in _UNITS.items() if any(pattern.match(word) for word in words.split())}
    return named.pop() if len(named) == 1 else None


def unit_shown(values: pl.Series) -> str | None:
    """The unit that the numbers alone of a column show; None where several can be meant."""
    alone = _alone(values)
    if alone.is_empty():
        return "minutes"
    holds_both = bool((alone <= FEW_MINUTES).any()) or _are_too_long(alone)
    return "minutes" if float(str(alone.max())) > MOST_HOURS and not holds_both else None


def units_meant(values: pl.Series) -> tuple[str, str]:
    """The two units that the numbers alone of a column may be of, where `unit_shown` knows none."""
    return ("minutes", "seconds") if _are_too_long(_alone(values)) else ("hours", "minutes")


def contradicts(unit: str, values: pl.Series) -> bool:
    """Whether the numbers alone of a column can't be of the unit that its header names: 90 hours, or meetings of a minute or two."""
    alone = _alone(values)
    if alone.is_empty():
        return False
    most = float(str(alone.max()))
    if unit == "minutes":
        return 0 < most <= FEW_MINUTES or _are_too_long(alone)
    return most > 2 * MOST_HOURS if unit == "hours" else 0 < most <= FEW_MINUTES * 60


def _are_too_long(minutes: pl.Series) -> bool:
    """Whether most meetings would last longer than any does: such numbers count seconds."""
    return float(str(minutes.median())) > MOST_HOURS * 60


def _alone(values: pl.Series) -> pl.Series:
    """The cells that are numbers alone."""
    return values.str.replace(",", ".", literal=True).str.extract(_ALONE).cast(pl.Float64).drop_nulls()
