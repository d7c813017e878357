"""What a programme will be able to see, before it starts: smallest detectable effects, people needed, events needed.

Normal approximations, two-sided; Student's t where whole units are drawn. `detectable_share` and its kin give both arms the variance of the share without
mentoring, which is the form of published tables; a plan takes each arm's own (`StudyPlan`), since a share that rises from 12 to 22 % varies more. `ratio` is comparison people per mentee, `design_effect` the loss by weighting and clustering (1.1 is usual for
nested trials). References: Cohen (1988); Donner & Klar (2000) for drawn units; Schoenfeld (1983), Biometrics 39; Borm et al. (2007), Journal of Clinical Epidemiology 60, for the baseline.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import optimize, stats

TABLE_SIZES = (30, 50, 100, 200, 400, 800, 1600)
USUAL_LOSS = {"retention": 1.1, "promotion": 1.2, "survey": 1.0}
"""By how much weighting and follow-up usually widen the variance where places aren't randomised, so that what is promised is what simulated companies see; promotions lose more, since leaving competes with them."""


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


@dataclass(frozen=True)
class StudyPlan:
    """How a planned comparison is made.

    ratio: comparison people per mentee. design_effect: loss by weighting. missing: share of people whose outcome won't be known. unit_size: people of a
    drawn unit (a site, a class), 1 where people are drawn one by one; likeness: how alike people of a unit are, as intraclass correlation.
    """

    ratio: float = 3.0
    design_effect: float = 1.1
    missing: float = 0.0
    unit_size: float = 1.0
    likeness: float = 0.0

    @property
    def inflation(self) -> float:
        """By how much the variance grows over a simple comparison of everybody who was asked."""
        return self.design_effect * (1 + (self.unit_size * (1 - self.missing) - 1) * self.likeness) / (1 - self.missing)

    def units(self, mentees: float) -> float:
        """Drawn units over both arms."""
        return mentees * (1 + self.ratio) / self.unit_size

    def degrees(self, mentees: float) -> float:
        """Of the t interval where units are drawn; infinite for people."""
        return np.inf if self.unit_size <= 1 else max(self.units(mentees) - 2, 1.0)

    def spread(self, base_rate: float, difference: float) -> float:
        """Variance of the difference of two shares, times the number of mentees."""
        changed = base_rate + difference
        return (changed * (1 - changed) + base_rate * (1 - base_rate) / self.ratio) * self.inflation


def chance_to_see(
    difference: float, mentees: float, base_rate: float, plan: StudyPlan, *, alpha: float = 0.05
) -> float:
    """Chance (0 to 1) that a share that changes by `difference` is seen to differ. Raises ValueError where no share can change by so much."""
    if not 0 <= base_rate + difference <= 1:
        raise ValueError(f"A share of {base_rate:.0%} can't change by {100 * difference:+.0f} points.")
    moved = difference / float(np.sqrt(plan.spread(base_rate, difference) / mentees))
    limit = float(stats.t.isf(alpha / 2, plan.degrees(mentees)))
    return float(stats.norm.sf(limit - moved) + stats.norm.cdf(-limit - moved))


def smallest_change(
    mentees: float, base_rate: float, plan: StudyPlan, *, power: float = 0.8, alpha: float = 0.05
) -> float | None:
    """Smallest rise of a share that is seen with this power; None where even a rise to 100 % would not be."""
    most = 1 - base_rate - 1e-9
    if chance_to_see(most, mentees, base_rate, plan, alpha=alpha) < power:
        return None
    return float(
        optimize.brentq(lambda rise: chance_to_see(rise, mentees, base_rate, plan, alpha=alpha) - power, 1e-9, most)
    )


def mentees_to_see(
    difference: float, base_rate: float, plan: StudyPlan, *, power: float = 0.8, alpha: float = 0.05, most: int = 10**7
) -> int | None:
    """Fewest mentees with which a change of `difference` is seen with this power, whole units where units are drawn; None above `most`."""
    step = plan.unit_size if plan.unit_size > 1 else 1.0
    low, high = 1, int(np.ceil(most / step))

    def is_enough(count: int) -> bool:
        return chance_to_see(difference, count * step, base_rate, plan, alpha=alpha) >= power

    if not is_enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return int(np.ceil(low * step))


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
