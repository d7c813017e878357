"""Average effects over everybody on an outcome measured once: doubly robust, and by standardisation (g-formula).

y, treated: shape (n,). design: shape (n, p), constant included; least squares for the outcome within each arm, a logit for joining.
References: Robins, Rotnitzky & Zhao (1994), JASA 89; Robins (1986), Mathematical Modelling 7; Hernan & Robins (2020), What If, chapter 13.
"""

import numpy as np

from pipelines.impact.logit import Matrix, fit_logit
from pipelines.impact.point_outcomes import PointEstimate
from pipelines.impact.regression import NotEstimable, Vector, least_squares
from pipelines.impact.weighting import Flags


def aipw_ate(y: Vector, treated: Flags, design: Matrix) -> PointEstimate:
    """Doubly robust average effect: right if either the model of joining or those of the outcome are. Error from the influence function."""
    chance = fit_logit(design, treated.astype(np.float64)).predict(design)
    if ((chance <= 0) | (chance >= 1)).any():
        raise NotEstimable("Somebody's chance to join is 0 or 1, so there is nobody to compare them with.")
    with_it, without = (design @ _arm(y, arm, design) for arm in (treated, ~treated))
    gain = with_it - without + np.where(treated, (y - with_it) / chance, -(y - without) / (1 - chance))
    return _estimate(gain, float(gain.mean()), treated)


def g_formula(y: Vector, treated: Flags, design: Matrix, estimand: str = "ate") -> PointEstimate:
    """Mean difference of what the arms' regressions expect, over everybody ("ate") or those who joined ("att"); error by the sandwich of both regressions and the mean."""
    if estimand not in {"ate", "att"}:
        raise ValueError(f"estimand must be ate or att, not {estimand!r}.")
    over = np.ones(y.size) if estimand == "ate" else treated / treated.mean()
    coefficients = {True: _arm(y, treated, design), False: _arm(y, ~treated, design)}
    gap = design @ (coefficients[True] - coefficients[False])
    estimate = float((over * gap).mean())
    centre = (over[:, None] * design).mean(axis=0)
    influence = over * (gap - estimate)
    for arm, sign in ((treated, 1.0), (~treated, -1.0)):
        pull = np.linalg.solve(design[arm].T @ design[arm] / y.size, centre)
        influence[arm] += sign * (design[arm] @ pull) * (y[arm] - design[arm] @ coefficients[sign > 0])
    return _estimate(influence + estimate, estimate, treated)


def _arm(y: Vector, arm: Flags, design: Matrix) -> Vector:
    names = {str(place): design[arm, place] for place in range(design.shape[1])}
    return least_squares(y[arm], names, np.arange(int(arm.sum()))).coefficients


def _estimate(influence: Vector, estimate: float, treated: Flags) -> PointEstimate:
    error = float(influence.std(ddof=1) / np.sqrt(influence.size))
    return PointEstimate(estimate, error, int(treated.sum()), int((~treated).sum()))
