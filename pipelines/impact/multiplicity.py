"""Many outcomes and groups: corrected p-values, and whether groups differ from each other rather than from zero."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from pipelines.impact.regression import NotEstimable, Vector


def benjamini_hochberg(p_values: Vector) -> Vector:
    """Adjusted p-values, same shape and order: call those below q and the expected share of false ones among them is at most q.

    Reference: Benjamini & Hochberg (1995), JRSS B 57.
    """
    order = np.argsort(p_values, kind="stable")
    stepped = np.asarray(p_values, dtype=np.float64)[order] * order.size / np.arange(1, order.size + 1)
    return _restore(np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0), order)


def holm(p_values: Vector) -> Vector:
    """Adjusted p-values that keep the chance of any false call at the level. Reference: Holm (1979)."""
    order = np.argsort(p_values, kind="stable")
    stepped = np.asarray(p_values, dtype=np.float64)[order] * np.arange(order.size, 0, -1)
    return _restore(np.minimum(np.maximum.accumulate(stepped), 1.0), order)


def _restore(values: Vector, order: np.ndarray) -> Vector:
    back = np.empty_like(values)
    back[order] = values
    return back


@dataclass(frozen=True)
class Interaction:
    """statistic: Cochran's Q over subgroups; p_value: that all have the same effect; pairs: (first, second, difference, ci_low, ci_high)."""

    statistic: float
    degrees: int
    p_value: float
    pairs: tuple[tuple[str, str, float, float, float], ...]


def interaction_test(names: list[str], estimates: Vector, std_errors: Vector, level: float = 0.95) -> Interaction:
    """Do declared subgroups of different people differ in their effect? One may be "significant" and the other not without any difference.

    Reference: Cochran (1954); Altman & Bland (2003), BMJ 326. Raises NotEstimable for fewer than two subgroups or an error of 0.
    """
    if len(names) < 2 or (std_errors <= 0).any():
        raise NotEstimable("An interaction needs at least two subgroups with errors above zero.")
    weight = 1 / std_errors**2
    common = float(weight @ estimates / weight.sum())
    statistic = float(weight @ (estimates - common) ** 2)
    z = float(stats.norm.ppf(0.5 + level / 2))
    pairs = []
    for i in range(len(names)):
        for j in range(i + 1, len(names)):
            gap, error = float(estimates[i] - estimates[j]), float(np.hypot(std_errors[i], std_errors[j]))
            pairs.append((names[i], names[j], gap, gap - z * error, gap + z * error))
    degrees = len(names) - 1
    return Interaction(statistic, degrees, float(stats.chi2.sf(statistic, degrees)), tuple(pairs))
