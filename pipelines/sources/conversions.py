"""What turning text columns into typed ones takes and gives: what is known of the file, the expression, and the checks that go with it.

Everything is vectorised; the words of a reject are only made for the rows that fail.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from pipelines.sources.delimited import normalised

EXPONENT_ID = r"^[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+$"  # 1.18612E+11: a spreadsheet has rounded the id
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

    @property
    def remedy(self) -> str:
        """The next move where a value is wrong and the mapping is right."""
        return f"correct it in {self.system} and export again"

    def present(self, names: Any) -> str | None:
        """The first of the aliases that the header holds, by the file's own spelling."""
        spelled = {normalised(name): name for name in reversed(self.header)}
        for name in as_list(names):
            if normalised(str(name)) in spelled:
                return spelled[normalised(str(name))]
        return None

    def text(self, name: str, nulls: Sequence[Any] = ()) -> pl.Expr:
        """The column trimmed, with the null words of the format and of the column."""
        value = pl.col(name).str.strip_chars(" \t\u00a0\r")
        words = {*self.nulls, "", *(str(n) for n in nulls)}
        return pl.when(~value.is_in(sorted(words))).then(value)


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
