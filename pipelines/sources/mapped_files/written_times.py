"""How an unknown column of days or times may be written: the usual patterns, and which of them read all of its values alike."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache

import polars as pl

from pipelines.sources.times import local_expr
from pipelines.sources.times.pattern import without_given

DATE_FORMATS = (
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d-%m-%y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d %b %Y",
    "%d. %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d/%b/%Y",
    "%d%b%y",
    "%d%b%Y",
    "%d de %b de %Y",
    "%b %d, %Y",
    "%b %d %Y",
    "%a, %d %b %Y",
    "%a %d %b %Y",
    "%a, %d. %b %Y",
    "%a %d.%m.%Y",
    "%a, %d.%m.%Y",
    "%a %d/%m/%Y",
    "%a %m/%d/%Y",
    "%a, %d/%m/%Y",
    "%a, %m/%d/%Y",
    "%a %d.%m.%y",
    "%a, %d.%m.%y",
    "%a, %b %d, %Y",
    "%a %Y-%m-%d",
    "%G-W%V-%u",
)
WITHOUT_YEAR = ("%d.%m.", "%d.%m", "%d/%m", "%m/%d", "%d-%m", "%d %b", "%d. %b", "%d-%b", "%b %d", "%a %d %b", "%a, %d %b", "%a %d.%m.", "%a, %d.%m.", "%a %d/%m", "%a %m/%d", "%a, %b %d")  # fmt: skip
WITHOUT_DAY = ("%b %Y", "%b-%Y", "%b %y", "%b-%y", "%b/%Y", "%m/%Y", "%m/%y", "%m.%Y", "%m-%Y", "%Y-%m", "%Y/%m")
CLOCKS = ("%H:%M", "%H:%M:%S", "%H:%M:%S%.f", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%I %p", "%I%p")
OTHER_CLOCKS = ("%Hh%M", "%H h %M", "%Hh", "%H h", "%H.%M", "%H:%M Uhr", "%H.%M Uhr", "%H Uhr", "%H:%M h", "%Hu%M")
"""Clocks that stand in a column of their own; behind a day they could be part of it."""
WITH_POINTS = tuple(f"{day}{between}{clock}" for day in ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d", "%d.%m.%y") for between in (" ", " klo ", ", ") for clock in ("%H.%M.%S", "%H.%M"))  # fmt: skip
"""Clocks with points behind a day, as forms in Italian, Finnish and Danish stamp their answers."""
BETWEEN = (" ", "T", ", ")
OF_PROGRAMS = (
    "%a %b %d %Y %H:%M:%S GMT%z (%Z)",
    "%a %b %d %Y %H:%M:%S GMT%z",
    "%a %b %d %H:%M:%S %Z %Y",
    "%Y-%m-%dT%H:%M:%S%.f%z[%Z]",
    "%Y-%m-%dT%H:%M%z[%Z]",
)
"""What JavaScript, Java and their kin write where nobody has chosen a form."""
OFFSET = r"(\d [A-Z]{3,5} \d{4}|GMT[+-]\d{4}( \([^()]+\))?|[+-]\d\d:\d\d\[[\w/]+\]|Z|(\d|[AaPp]\.?[Mm]\.?)\s?(UTC|GMT)?\s?[+-]\d{1,2}(:?\d\d)?)$"
"""The end of a time that says by itself which instant it is."""
_DIRECTIVE = re.compile(r"%\.?[A-Za-z+]")
_WORDS = re.compile(r"%[abpZ]")
_DIGITS = {"Y": (4, 4), "G": (4, 4), "y": (2, 2), "u": (1, 1), "f": (1, 9)}
YEARS = (1900, 2200)
VALUE = "value"
SAMPLE = 200  # values by which patterns that fit nothing are told first


@cache
def time_formats(*, offset: bool = False) -> tuple[str, ...]:
    """Every usual day with every usual clock; offset: with how far the clock is from UTC."""
    ends = ("%z", " %z") if offset else ("",)
    usual = (
        f"{day}{between}{clock}{end}" for day in DATE_FORMATS for between in BETWEEN for clock in CLOCKS for end in ends
    )
    return ("%+", *usual, *OF_PROGRAMS) if offset else tuple(usual)


def patterns_of(values: pl.Series, patterns: Sequence[str]) -> dict[str, int]:
    """Patterns that read some of `values`, with how many; of several that read all of them alike, the first."""
    distinct = values.unique(maintain_order=True)
    sample = distinct.head(SAMPLE)
    found: dict[str, int] = {}
    seen: list[pl.Series] = []
    shapes = {re.sub(r"\d", "9", value) for value in sample.to_list()}
    likely = [pattern for pattern in patterns if any(_may_fit(pattern, shape) for shape in shapes)]
    for pattern in _reading_any(sample, likely):
        times = read_by(values, pattern)
        if times.null_count() == 0:
            if any(times.equals(other) for other in seen):
                continue
            seen.append(times)
        found[pattern] = times.count()
    return found


def _may_fit(pattern: str, shape: str) -> bool:
    """Whether the marks and words between a pattern's directives stand in a text: told without compiling it, since nearly none do."""
    between = _DIRECTIVE.sub("", without_given(pattern)[0])
    said = shape.replace("T", "", 1).removesuffix("Z")
    has_words = any(letter.isalpha() and letter not in between for letter in said)
    wants_words = bool(_WORDS.search(pattern)) or pattern.endswith(("%z", "%+"))
    return (
        all(shape.count(mark) >= between.count(mark) for mark in set(between))
        and (wants_words or not has_words)
        and _digits_may_fit(pattern, shape)
    )


def _digits_may_fit(pattern: str, shape: str) -> bool:
    """Whether the numbers of a text are as long, in their order, as a pattern's are; what stands behind them is not looked at."""
    written = re.findall("9+", shape)
    wanted = _lengths(pattern)
    return len(written) >= len(wanted) and all(
        fewest <= len(digits) <= most for digits, (fewest, most) in zip(written, wanted, strict=False)
    )


@cache
def _lengths(pattern: str) -> list[tuple[int, int]]:
    """Fewest and most digits of each number of a pattern, up to one that need not be there."""
    sure = re.split(r"%\.f|%[zZ]|%\+", without_given(pattern)[0])[0]
    runs = re.findall(r"(?:%[YyGVumdHIMSf])+", sure)
    return [
        (sum(_DIGITS.get(one, (1, 2))[0] for one in run[1::2]), sum(_DIGITS.get(one, (1, 2))[1] for one in run[1::2]))
        for run in runs
    ]


def _reading_any(values: pl.Series, patterns: Sequence[str]) -> list[str]:
    """The patterns that read at least one of `values`, told by one query."""
    if not patterns:
        return []
    today = datetime.now(UTC).date()
    counts = values.alias(VALUE).to_frame().select(_reading(one, today).count().alias(one) for one in patterns)
    return [one for one in patterns if counts[one][0]]


def read_by(values: pl.Series, pattern: str) -> pl.Series:
    """`values` as they are written by that pattern; null where one isn't, or its year can't be meant."""
    return values.alias(VALUE).to_frame().select(_reading(pattern, datetime.now(UTC).date())).to_series()


@lru_cache(maxsize=4096)
def _reading(pattern: str, today: date) -> pl.Expr:
    """A column VALUE read by a pattern. Kept: making it costs more than reading a sheet's column with it."""
    times = local_expr(pl.col(VALUE), pattern, as_of=today)
    return pl.when(times.dt.year().is_between(*YEARS)).then(times)
