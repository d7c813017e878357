"""What a programme will be able to see, before it starts: smallest detectable effects, people needed, events needed.

Normal approximations, two-sided. `ratio` is comparison people per mentee, `design_effect` the loss by weighting and clustering (1.1 is usual for
nested trials). Reference: Cohen (1988); Schoenfeld (1983), Biometrics 39; Borm et al. (2007), Journal of Clinical Epidemiology 60, for the baseline.
"""

import numpy as np
import polars as pl
from scipy import stats

TABLE_SIZES = (30, 50, 100, 200, 400, 800, 1600)


def _quantiles(power: float, alpha: float) -> float:
    return float(stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power))


def detectable_share(
    mentees: int,
    base_rate: float,
    *,
    ratio: float = 3.0,
    design_effect: float = 1.1,
    power: float = 0.8,
    alpha: float = 0.05,
) -> float:
    """Smallest difference between two shares (0 to 1) that is seen with this power, both arms at the variance of `base_rate`."""
    variance = base_rate * (1 - base_rate) * (1 + 1 / ratio) / mentees * design_effect
    return _quantiles(power, alpha) * float(np.sqrt(variance))


def detectable_mean(
    mentees: int,
    *,
    baseline_correlation: float = 0.6,
    ratio: float = 3.0,
    design_effect: float = 1.0,
    power: float = 0.8,
    alpha: float = 0.05,
) -> float:
    """Smallest difference in standard deviations that an analysis adjusted for the own baseline (ANCOVA) sees with this power."""
    variance = (1 - baseline_correlation**2) * (1 + 1 / ratio) / mentees * design_effect
    return _quantiles(power, alpha) * float(np.sqrt(variance))


def detectable_from_error(std_error: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Smallest effect that an estimate with this standard error would have seen with this power, in the estimate's unit."""
    return _quantiles(power, alpha) * std_error


def power_for_share(
    difference: float,
    mentees: int,
    base_rate: float,
    *,
    ratio: float = 3.0,
    design_effect: float = 1.1,
    alpha: float = 0.05,
) -> float:
    """Chance (0 to 1) to see a true difference of shares of this size."""
    error = float(np.sqrt(base_rate * (1 - base_rate) * (1 + 1 / ratio) / mentees * design_effect))
    limit, moved = float(stats.norm.ppf(1 - alpha / 2)), difference / error
    return float(stats.norm.sf(limit - moved) + stats.norm.cdf(-limit - moved))


def mentees_needed(
    difference: float,
    base_rate: float,
    *,
    ratio: float = 3.0,
    design_effect: float = 1.1,
    power: float = 0.8,
    alpha: float = 0.05,
) -> int:
    """Mentees needed to see a difference of shares of this size with this power."""
    spread = base_rate * (1 - base_rate) * (1 + 1 / ratio) * design_effect
    return int(np.ceil((_quantiles(power, alpha) / difference) ** 2 * spread))


def events_needed(
    hazard_ratio: float, mentored_share: float = 0.2, *, power: float = 0.8, alpha: float = 0.05
) -> float:
    """Events (leavers) needed over both arms to see a hazard ratio. Reference: Schoenfeld (1983)."""
    spread = mentored_share * (1 - mentored_share) * float(np.log(hazard_ratio)) ** 2
    return _quantiles(power, alpha) ** 2 / spread


def power_table(
    sizes: tuple[int, ...] = TABLE_SIZES, *, retention: float = 0.85, promotion: float = 0.12, correlation: float = 0.6
) -> pl.DataFrame:
    """mentees, retention_points, promotion_points (percentage points), survey_sd: smallest effects seen at 80 %, two-sided 5 %, by size."""
    return pl.DataFrame(
        {
            "mentees": sizes,
            "retention_points": [100 * detectable_share(n, retention) for n in sizes],
            "promotion_points": [100 * detectable_share(n, promotion) for n in sizes],
            "survey_sd": [detectable_mean(n, baseline_correlation=correlation) for n in sizes],
        }
    )
