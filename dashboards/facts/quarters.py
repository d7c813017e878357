"""Months of a measure: those that are drawn, three of them as one, and how far two lie apart."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from dashboards.facts.meetings import Month
from dashboards.facts.periods import Period, together
from dashboards.facts.words import SHARES

MONTHS_DRAWN = 24


def drawn(rows: Sequence[Mapping[str, Any]]) -> tuple[Month, ...]:
    """The newest months, as a chart draws them."""
    return tuple(
        Month(row["period_start"], row["value"], row["ci_low"], row["ci_high"], row["n_people"])
        for row in rows[-MONTHS_DRAWN:]
    )


def quarter(rows: Sequence[Mapping[str, Any]], back: int) -> Period | None:
    """Three complete months as one, `back` months before the last; one month where parts can't be added, None where a month is missing."""
    three = last_three(rows, back)
    if len(three) < 3:
        return period_of(rows[-1]) if rows and back == 0 else None
    if not all(adds_up(row) for row in three):
        return period_of(three[-1])
    # whoever left, moved or rose in one month is somebody else than in the next; pairs that meet are the same
    are_separate = all(row["interval_method"] == "poisson" and row["unit"] in SHARES for row in three)
    return together([period_of(row) for row in three], [row["denominator"] for row in three], are_separate=are_separate)


def last_three(rows: Sequence[Mapping[str, Any]], back: int) -> list[Mapping[str, Any]]:
    """Those of three months that are there, `back` months before the last."""
    return [row for row in rows if back <= months_between(row["period_start"], rows[-1]["period_start"]) < back + 3]


def period_of(row: Mapping[str, Any]) -> Period:
    """A month as a period."""
    return Period(*(row[name] for name in ("value", "ci_low", "ci_high", "n_people", "period_start", "period_end")))


def count_of(row: Mapping[str, Any]) -> Period:
    """Everybody of a group counted: what an interval of a sample would say of them is left out."""
    return replace(period_of(row), low=None, high=None)


def adds_up(row: Mapping[str, Any]) -> bool:
    """Whether the value is numerator by denominator, so that months can be added."""
    return (
        bool(row["denominator"])
        and row["numerator"] is not None
        and abs(row["numerator"] / row["denominator"] - row["value"]) < 1e-6
    )


def months_between(first: date, last: date) -> int:
    """Calendar months from one day's month to another's."""
    return 12 * (last.year - first.year) + last.month - first.month
