"""What turning text columns into typed ones takes and gives: what is known of the file, the expression, and the checks that go with it.

Everything is vectorised; the words of a reject are only made for the rows that fail.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from pipelines.sources.delimited_head import normalised

_EXPONENT = r"^[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+$"
_LIKE_AN_ID = (
    r"^[0-9]+[eE][0-9]+$"  # 1E11 among ids of digits is a rounded one; 51e52007 among hexadecimal ids is one of them
)
PLAIN_VALUE = r"^[0-9 .,:/+\-TZ%]{1,32}$"  # values that may be quoted in a reason: digits and date marks, no names


@dataclass(frozen=True)
class Check:
    """A condition under which a row is rejected. `{value}` in `reason` is the text at fault, hidden where it may be a name."""

    failed: pl.Expr
    value: pl.Expr
    rule: str
    reason: str
    remedy: str
    quotable: bool = False  # a category, safe to quote if short and without @


@dataclass(frozen=True)
class Told:
    """Something that stops no row and must be known: what happened (a truth value a row), and how it is told. `{rows}` in `detail`: how often."""

    happened: pl.Expr
    kind: str
    detail: str


@dataclass(frozen=True)
class Conversion:
    """A canonical column as an expression, its checks, what is told of it, and the file columns that it reads."""

    value: pl.Expr
    checks: list[Check] = field(default_factory=list)
    reads: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    unranked: pl.Expr | None = None
    told: tuple[Told, ...] = ()


@dataclass(frozen=True)
class Typed:
    """A text column in its canonical type: the value, its checks, for a rank the level that the level map must name, and what is told."""

    value: pl.Expr
    checks: list[Check] = field(default_factory=list)
    unranked: pl.Expr | None = None
    told: tuple[Told, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What a conversion must know of the file and the workspace."""

    header: Sequence[str]
    file: str
    system: str
    decimal: str = "."
    thousands: str | None = None
    zone: str | None = None
    nulls: tuple[str, ...] = ("",)
    levels: Mapping[str, int] = field(default_factory=dict)
    as_of: date | None = None
    ids: frozenset[str] = frozenset()
    day_zero: date | None = None

    @property
    def remedy(self) -> str:
        """The next move where a value is wrong and the mapping is right."""
        return f"correct it in {self.system} and export again"

    def present(self, names: Any) -> str | None:
        """The first of the aliases that the header holds, by the file's own spelling."""
        spelled = {normalised(name): name for name in reversed(self.header)}
        for name in as_list(names):
            for form in spellings(name):
                if form in spelled:
                    return spelled[form]
        return None

    def is_id(self, name: str) -> bool:
        """Whether the mapping declares the column as one of ids (`ids:`), which are taken as they are."""
        return normalised(name) in self.ids

    def text(self, name: str, nulls: Sequence[Any] = ()) -> pl.Expr:
        """The column trimmed, with the null words of the format and of the column."""
        value = trimmed(name)
        words = {*self.nulls, "", *(str(n) for n in nulls)}
        return pl.when(~value.is_in(sorted(words))).then(value)


def trimmed(name: str) -> pl.Expr:
    """A column's text without blanks around it."""
    return pl.col(name).str.strip_chars(" \t\u00a0\r")


def has_lost_digits(text: pl.Expr) -> pl.Expr:
    """Where a spreadsheet has rounded an id (1.18612E+11); a form that may be an id itself is judged by the others of its column."""
    return text.map_batches(_lost_digits, return_dtype=pl.Boolean())


def _lost_digits(values: pl.Series) -> pl.Series:
    exponents = values.str.contains(_EXPONENT)
    if not exponents.any():
        return exponents
    like_an_id = values.str.contains(_LIKE_AN_ID)
    others = values.filter(~exponents).drop_nulls()
    among_digits = bool(others.str.contains(r"^[0-9]+$").all())
    return exponents & (~like_an_id | among_digits)


def spellings(name: Any) -> tuple[str, ...]:
    """A column's name as headers are compared. YAML reads a bare No, Off or Yes as a truth value; whichever of them the header has is meant."""
    if isinstance(name, bool):
        return ("yes", "on", "true") if name else ("no", "off", "false")
    return (normalised(str(name)),)


def as_list(value: Any) -> list[Any]:
    """A list as it is, a single value as a list of one, None as an empty list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def rank_map(levels: Mapping[str, Any] | None) -> dict[str, int]:
    """Level to rank from the option `levels`, whose values are ranks or whole entries of the level map."""
    return {
        str(level): int(entry["rank"] if isinstance(entry, Mapping) else entry)
        for level, entry in (levels or {}).items()
    }


def one_spelling(text: pl.Expr, same: Mapping[Any, Any]) -> pl.Expr:
    """Values that are written in several ways, in one of them; the others stay as they are. Case doesn't matter."""
    spelled = {str(variant).casefold(): str(value) for variant, value in same.items()}
    kept = text.str.to_lowercase().replace_strict(spelled, default=None, return_dtype=pl.String)
    return pl.coalesce(kept, text)
