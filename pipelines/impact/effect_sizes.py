"""Shares with intervals and standardised mean differences, for description and for surveys."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from pipelines.impact.regression import NotEstimable


def wilson_interval(events: int, people: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of a share, valid for few people and shares near 0 or 1. Reference: Wilson (1927); Newcombe (1998), method 3."""
    if not 0 <= events <= people or people <= 0:
        raise NotEstimable(f"{events} of {people} isn't a share.")
    z = float(stats.norm.ppf(0.5 + level / 2))
    share = events / people
    middle = (share + z**2 / (2 * people)) / (1 + z**2 / people)
    margin = z / (1 + z**2 / people) * float(np.sqrt(share * (1 - share) / people + z**2 / (4 * people**2)))
    return (0.0 if events == 0 else middle - margin, 1.0 if events == people else middle + margin)


def newcombe_difference(
    events: int, people: int, other_events: int, other_people: int, level: float = 0.95
) -> tuple[float, float, float]:
    """Difference of two shares with its hybrid score interval. Reference: Newcombe (1998), Statistics in Medicine 17, method 10."""
    left, right = events / people, other_events / other_people
    left_low, left_high = wilson_interval(events, people, level)
    right_low, right_high = wilson_interval(other_events, other_people, level)
    gap = left - right
    low = gap - float(np.hypot(left - left_low, right_high - right))
    return gap, low, gap + float(np.hypot(left_high - left, right - right_low))


@dataclass(frozen=True)
class StandardisedDifference:
    """d: in standard deviations; g: corrected for small samples; each with its variance."""

    d: float
    d_variance: float
    g: float
    g_variance: float

    @property
    def std_error(self) -> float:
        """Standard error of g."""
        return float(np.sqrt(self.g_variance))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Normal interval of g."""
        margin = float(stats.norm.ppf(0.5 + level / 2)) * self.std_error
        return self.g - margin, self.g + margin


def hedges_g(
    mean: float, other_mean: float, sd: float, other_sd: float, n: int, other_n: int
) -> StandardisedDifference:
    """Difference of two independent means in pooled standard deviations. Reference: Borenstein et al. (2009), eq. 4.18 to 4.24."""
    degrees = n + other_n - 2
    if degrees < 1:
        raise NotEstimable("Two people a side are the least for a standardised difference.")
    pooled = float(np.sqrt(((n - 1) * sd**2 + (other_n - 1) * other_sd**2) / degrees))
    d = (mean - other_mean) / pooled
    return _corrected(d, (n + other_n) / (n * other_n) + d**2 / (2 * (n + other_n)), degrees)


def hedges_g_paired(
    mean: float, other_mean: float, sd_of_change: float, correlation: float, pairs: int
) -> StandardisedDifference:
    """Change of the same people in standard deviations within a wave. Description only: without a comparison it is no effect.

    Reference: Borenstein et al. (2009), eq. 4.26 to 4.29.
    """
    if pairs < 2 or not -1 < correlation < 1:
        raise NotEstimable("Two pairs and a correlation below one are the least for a standardised change.")
    within = sd_of_change / float(np.sqrt(2 * (1 - correlation)))
    d = (mean - other_mean) / within
    return _corrected(d, (1 / pairs + d**2 / (2 * pairs)) * 2 * (1 - correlation), pairs - 1)


def _corrected(d: float, variance: float, degrees: int) -> StandardisedDifference:
    factor = 1 - 3 / (4 * degrees - 1)
    return StandardisedDifference(d, variance, factor * d, factor**2 * variance)
