"""Effects on an outcome measured once: weighted means, and a doubly robust estimate with cross-fitting.

y, treated, probability, weight: shape (n,). Errors are clustered where `cluster`, shape (n,), is given.
References: Hajek (1971); Robins, Rotnitzky & Zhao (1994); Chernozhukov et al. (2018), Econometrics Journal 21, for cross-fitting.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pipelines.impact.logit import Matrix, fit_logit
from pipelines.impact.regression import NotEstimable, Vector, tally
from pipelines.impact.weighting import Flags


@dataclass(frozen=True)
class PointEstimate:
    """estimate and std_error in the outcome's unit; ci_low and ci_high at 95 %; n_treated and n_comparison rows."""

    estimate: float
    std_error: float
    n_treated: int
    n_comparison: int

    @property
    def ci_low(self) -> float:
        return self.estimate - float(stats.norm.ppf(0.975)) * self.std_error

    @property
    def ci_high(self) -> float:
        return self.estimate + float(stats.norm.ppf(0.975)) * self.std_error


def hajek_difference(
    y: Vector, treated: Flags, weight: Vector, cluster: NDArray[np.generic] | None = None
) -> PointEstimate:
    """Difference of weighted means, weights taken as known (slightly wide for estimated weights; HC0, as weighted least squares)."""
    influence = np.zeros(y.size)
    means = []
    for arm, sign in ((treated, 1.0), (~treated, -1.0)):
        total = float(weight[arm].sum())
        if total <= 0:
            raise NotEstimable("An arm has no weight.")
        means.append(float(weight[arm] @ y[arm]) / total)
        influence[arm] = sign * weight[arm] * (y[arm] - means[-1]) / total
    return PointEstimate(means[0] - means[1], _error(influence, cluster), int(treated.sum()), int((~treated).sum()))


def difference_in_means(y: Vector, treated: Flags, error: str = "hc2") -> PointEstimate:
    """Plain difference of two means: right for a lottery; never an effect otherwise. error: "hc2" (Welch's) or "classical" (pooled).

    Reference: Neyman (1923); MacKinnon & White (1985).
    """
    left, right = y[treated], y[~treated]
    if left.size < 2 or right.size < 2:
        raise NotEstimable("Two people a side are the least for an error.")
    if error == "classical":
        squares = ((left - left.mean()) ** 2).sum() + ((right - right.mean()) ** 2).sum()
        variance = squares / (y.size - 2) * (1 / left.size + 1 / right.size)
    else:
        variance = left.var(ddof=1) / left.size + right.var(ddof=1) / right.size
    return PointEstimate(float(left.mean() - right.mean()), float(np.sqrt(variance)), left.size, right.size)


def aipw_att(
    y: Vector,
    treated: Flags,
    design: Matrix,
    *,
    folds: NDArray[np.integer] | None = None,
    normalised: bool = False,
    cluster: NDArray[np.generic] | None = None,
) -> PointEstimate:
    """Doubly robust effect on those who joined: right if either the enrolment model or the model of the outcome without joining is.

    design: shape (n, p), constant included; logit for joining, least squares for the comparison's outcome. folds: shape (n,), the fold of each row
    (see `assign_folds`): both models are then fitted on the other folds (cross-fitting). normalised: weights e/(1-e) sum to one (Hajek form).
    Reference: Robins, Rotnitzky & Zhao (1994); Sant'Anna & Zhao (2020), section 2.
    """
    chance, expected = _nuisances(y, treated, design, folds)
    if not treated.any() or treated.all():
        raise NotEstimable("Both arms need people.")
    residual = y - expected
    odds = np.where(treated, 0.0, chance / (1 - chance))
    n, joined = y.size, float(treated.mean())
    scale = float(odds.mean()) if normalised else joined
    correction = float((odds * residual).mean()) / scale
    gain = float(residual[treated].mean())
    estimate = gain - correction
    if normalised:
        influence = treated * (residual - gain) / joined - odds * (residual - correction) / scale
    else:
        influence = (treated * (residual - estimate) - odds * residual) / joined
    return PointEstimate(
        estimate, _error(influence / n, cluster, centred=True), int(treated.sum()), int((~treated).sum())
    )


def assign_folds(cluster: NDArray[np.generic], folds: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """A fold (0 to folds - 1) for each row, the same for all rows of a person or unit, drawn with the generator passed in."""
    labels, place = np.unique(cluster, return_inverse=True)
    return generator.permutation(np.arange(labels.size) % folds)[place]


def _nuisances(y: Vector, treated: Flags, design: Matrix, folds: NDArray[np.integer] | None) -> tuple[Vector, Vector]:
    chance, expected = np.empty(y.size), np.empty(y.size)
    parts = [np.ones(y.size, bool)] if folds is None else [folds == fold for fold in np.unique(folds)]
    for held in parts:
        learn = held if folds is None else ~held
        chance[held] = fit_logit(design[learn], treated[learn].astype(np.float64)).predict(design[held])
        base = learn & ~treated
        scale = np.maximum(np.abs(design[base]).max(axis=0), 1e-300)
        scaled = design[base] / scale
        if np.linalg.matrix_rank(scaled) < design.shape[1]:
            raise NotEstimable("The outcome model's covariates are collinear among those who didn't join.")
        coefficients, *_ = np.linalg.lstsq(scaled, y[base], rcond=None)
        expected[held] = (design[held] / scale) @ coefficients
    return chance, expected


def _error(influence: Vector, cluster: NDArray[np.generic] | None, *, centred: bool = False) -> float:
    """Root of the summed squares by cluster; centred: times G / (G - 1) clusters, as a sample variance has it."""
    if cluster is not None:
        labels, place = np.unique(cluster, return_inverse=True)
        influence = tally(place, influence, labels.size)
    factor = influence.size / (influence.size - 1) if centred else 1.0
    return float(np.sqrt(factor * (influence**2).sum()))
