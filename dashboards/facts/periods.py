"""Figures over some time: several months read as one, and how far two such figures lie apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot


@dataclass(frozen=True)
class Period:
    """A figure over some time. low and high: its 95% interval, None where everybody was counted or none is published; n_people: of its last month."""

    value: float
    low: float | None = None
    high: float | None = None
    n_people: int | None = None
    start: date | None = None
    end: date | None = None

    @property
    def has_interval(self) -> bool:
        """Whether it is known how far chance may have moved it; limits that meet are a complete count's."""
        return self.low is not None and self.high is not None and self.low < self.high


@dataclass(frozen=True)
class Difference:
    """How far a figure lies from an earlier one, in its unit; low and high None where either has no interval."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def is_beyond_chance(self) -> bool:
        """Whether its interval leaves zero out."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def together(parts: Sequence[Period], weights: Sequence[float], *, are_separate: bool = False) -> Period:
    """Several periods as one, weighted (by denominators, where parts are ratios).

    The limits come from the parts' own: as wide as if the same people behaved alike in all of them, so never too narrow.
    are_separate: each part tells of other people, as of those who left in each month; distances are then added as squares.
    """
    shares = [weight / sum(weights) for weight in weights]
    value = sum(share * part.value for share, part in zip(shares, parts, strict=True))
    below, above = [], []
    for share, part in zip(shares, parts, strict=True):
        if part.low is not None and part.high is not None:
            below.append(share * (part.value - part.low))
            above.append(share * (part.high - part.value))
    known, far = len(below) == len(parts), hypot if are_separate else _added
    low, high = (value - far(*below), value + far(*above)) if known else (None, None)
    return Period(value, low, high, parts[-1].n_people, parts[0].start, parts[-1].end)


def _added(*distances: float) -> float:
    return sum(distances)


def between(now: Period, before: Period) -> Difference:
    """The difference with its 95% interval, recovered from both intervals (MOVER; Zou & Donner 2008, Statistics in Medicine 27).

    It is as wide as if both periods had nobody in common; people who are in both move alike, so it is never too narrow.
    """
    apart = now.value - before.value
    if not (now.has_interval and before.has_interval):
        return Difference(apart)
    assert now.low is not None and now.high is not None and before.low is not None and before.high is not None
    return Difference(
        apart,
        apart - hypot(now.value - now.low, before.high - before.value),
        apart + hypot(now.high - now.value, before.value - before.low),
    )
