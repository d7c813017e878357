"""Intervals of a share and of the difference of two shares, from counts."""

from math import sqrt

Z = 1.959963984540054


def wilson(part: float, whole: float) -> tuple[float, float]:
    """The 95% interval of part of whole (Wilson 1927)."""
    share, square = part / whole, Z * Z
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return max(0.0, middle - half), min(1.0, middle + half)


def difference(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float, float]:
    """The difference of two shares, each given as part and whole, with its 95% interval (Newcombe 1998, method 10)."""
    (low_one, high_one), (low_other, high_other) = wilson(*one), wilson(*other)
    share_one, share_other = one[0] / one[1], other[0] / other[1]
    gap = share_one - share_other
    below = sqrt((share_one - low_one) ** 2 + (high_other - share_other) ** 2)
    above = sqrt((high_one - share_one) ** 2 + (share_other - low_other) ** 2)
    return gap, gap - below, gap + above
