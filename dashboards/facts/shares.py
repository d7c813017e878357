"""Intervals of a share and of the difference of two shares, from counts."""

from math import sqrt

from dashboards.facts.periods import Period, between

Z = 1.959963984540054


def wilson(part: float, whole: float) -> tuple[float, float]:
    """The 95% interval of part of whole (Wilson 1927)."""
    share, square = part / whole, Z * Z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return max(0.0, middle - half), min(1.0, middle + half)


def difference(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float, float]:
    """The difference of two shares, each given as part and whole, with its 95% interval (Newcombe 1998, method 10)."""
    found = between(*(Period(part / whole, *wilson(part, whole)) for part, whole in (one, other)))
    assert found.low is not None and found.high is not None  # shares of people always have an interval
    return found.value, found.low, found.high
