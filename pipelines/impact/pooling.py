"""Several estimates of the same outcome, each pulled towards their mean as far as its own error asks: a small programme's lucky result shrinks most.

Random effects: estimate i has mean mu + u_i with variance tau squared between programmes, and its own known error. tau squared by restricted maximum likelihood,
mu with Hartung and Knapp's error and Student's t, never shorter than the plain error (Rover, Knapp & Friede 2015). The prediction interval is where the
effect of a further programme of this kind is to be expected. References: Hartung & Knapp (2001), Statistics in Medicine 20; Higgins, Thompson &
Spiegelhalter (2009), JRSS A 172; Gelman & Carlin (2014) for why single results that stand out exaggerate.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from pipelines.impact.regression import NotEstimable, Vector

FEWEST = 3
"""Under three estimates nothing can be said of how much they differ."""


@dataclass(frozen=True)
class Pooled:
    """All in the estimates' unit.

    mean with its interval; prediction: of a further programme; tau: standard deviation between programmes; heterogeneity_p: Cochran's test that all are the
    same; shrunk, shape (k, 3): each estimate with its interval, given the others.
    """

    mean: float
    std_error: float
    ci_low: float
    ci_high: float
    prediction_low: float
    prediction_high: float
    tau: float
    heterogeneity_p: float
    shrunk: Vector


def pool(estimates: Vector, std_errors: Vector, level: float = 0.05) -> Pooled:
    """Pool k estimates of different people. Raises NotEstimable for fewer than three, and ValueError for an error that isn't above zero."""
    if estimates.size < FEWEST:
        raise NotEstimable(f"{estimates.size} estimates; {FEWEST} are the least to see how much they differ.")
    if not (np.isfinite(estimates).all() and np.isfinite(std_errors).all() and (std_errors > 0).all()):
        raise ValueError("Estimates must be numbers, and their errors above zero.")
    variances = std_errors**2
    between = _between(estimates, variances)
    weights = 1 / (variances + between)
    mean = float(weights @ estimates / weights.sum())
    degrees = estimates.size - 1
    plain = 1 / weights.sum()
    spread = float(weights @ (estimates - mean) ** 2) / degrees
    variance = plain * max(spread, 1.0)
    t = float(stats.t.isf(level / 2, degrees))
    reach = t * float(np.sqrt(between + variance))
    fixed = 1 / variances
    statistic = float(fixed @ (estimates - fixed @ estimates / fixed.sum()) ** 2)
    error = float(np.sqrt(variance))
    return Pooled(
        mean, error, mean - t * error, mean + t * error, mean - reach, mean + reach, float(np.sqrt(between)),
        float(stats.chi2.sf(statistic, degrees)), _shrunk(estimates, variances, between, mean, variance, t),
    )  # fmt: skip


def _between(estimates: Vector, variances: Vector) -> float:
    """tau squared by restricted maximum likelihood."""

    def loss(between: float) -> float:
        weights = 1 / (variances + between)
        rest = estimates - weights @ estimates / weights.sum()
        return float(np.log(variances + between).sum() + np.log(weights.sum()) + weights @ rest**2)

    most = 10 * float(np.var(estimates, ddof=1)) + 1e-12
    found = optimize.minimize_scalar(loss, bounds=(0.0, most), method="bounded", options={"xatol": most * 1e-9})
    return float(found.x) if found.fun < loss(0.0) else 0.0


def _shrunk(
    estimates: Vector, variances: Vector, between: float, mean: float, mean_variance: float, quantile: float
) -> Vector:
    """Best linear prediction of each, with the error of the mean in it."""
    kept = between / (between + variances)
    values = mean + kept * (estimates - mean)
    error = np.sqrt(kept * variances + (1 - kept) ** 2 * mean_variance)
    return np.column_stack([values, values - quantile * error, values + quantile * error])
