"""A second estimate of the same effect that also models the outcome: right where either the enrolment model or the model of the outcome is.

Of trials whose horizon is over, y is whether the cause happened within it. Comparison people who started themselves before that are left out, and those like
them weigh more, by one over their chance not to have started. A linear model of y on the covariates is fitted to the comparison with the headline's weights,
and what it expects of the mentees is taken from what happened to them. Because the fit carries the weights and a constant, its weighted residuals sum to
zero, which is what makes the estimate doubly robust. Errors are by person or cluster and take the weights as known, which is a little wide.
References: Wooldridge (2007), Journal of Econometrics 141; Sant'Anna & Zhao (2020), Journal of Econometrics 219, section 3.1 for the weighted fit.
"""

import numpy as np
from numpy.typing import NDArray

from pipelines.impact.point_outcomes import PointEstimate
from pipelines.impact.regression import NotEstimable, Vector, tally
from pipelines.impact.target_trial import Matrix, PersonTrials, TargetTrial
from pipelines.impact.trial_follow_up import months_watched
from pipelines.impact.trial_weights import TrialWeights

MOST_UNKNOWN = 0.05
"""Of the mentees, share whose outcome at the horizon isn't known: beyond it, those who are known speak for too many others."""


def doubly_robust_difference(
    trials: PersonTrials,
    weights: TrialWeights,
    trial: TargetTrial,
    *,
    cluster: NDArray[np.generic] | None = None,
) -> PointEstimate:
    """Incidence of the cause by the horizon, mentees less comparison, as a share. cluster: shape (people,), in the order of `trials.keys`.

    n_treated and n_comparison count trial rows with a known outcome. Raises NotEstimable where over 5 % of the mentees' outcomes aren't known, an arm is
    empty, or the covariates are collinear among the comparison.
    """
    rows = np.flatnonzero(trials.in_trial & (weights.baseline > 0))
    outcome, is_known, reach = outcomes_by_the_horizon(trials, trial, rows)
    joined = trials.starts[rows]
    if not joined.any() or float((~is_known[joined]).mean()) > MOST_UNKNOWN:
        raise NotEstimable("Too many mentees' outcomes at the horizon aren't known for a second estimate.")
    rows, y, joined, reach = rows[is_known], outcome[is_known], joined[is_known], reach[is_known]
    weight = weights.baseline[rows] * np.where(joined, 1.0, np.exp(weights.stay[rows] - weights.stay[rows + reach]))
    unit = trials.person[rows] if cluster is None else np.unique(cluster, return_inverse=True)[1][trials.person[rows]]
    expected, pull = _expected(trials.design[rows], y, joined, weight)
    gain = weight[joined] / weight[joined].sum()
    estimate = float(gain @ (y - expected)[joined])
    influence = -pull
    influence[joined] = gain * ((y - expected)[joined] - estimate)
    by_unit = tally(unit, influence, int(unit.max()) + 1)
    units = np.unique(unit).size
    error = float(np.sqrt(units / (units - 1) * (by_unit @ by_unit)))
    return PointEstimate(estimate, error, int(joined.sum()), int((~joined).sum()))


def outcomes_by_the_horizon(
    trials: PersonTrials, trial: TargetTrial, rows: NDArray[np.int64]
) -> tuple[Vector, NDArray[np.bool_], NDArray[np.int64]]:
    """Of each trial row: whether the cause happened within the horizon, whether that is known, and the months over which it was watched."""
    left, until = months_watched(trials, rows)
    last = trial.horizon_months - 1
    ended = (trials.event[rows] != 0) & (left == until) & (left <= last)
    happened = ended & (trials.event[rows] == trial.cause)
    return happened.astype(np.float64), ended | (until >= last), np.minimum(until, last)


def _expected(design: Matrix, y: Vector, joined: NDArray[np.bool_], weight: Vector) -> tuple[Vector, Vector]:
    """What is expected of each row without joining, and how far each comparison row pulls the mentees' mean of it; both of shape (rows,)."""
    others = ~joined
    root = np.sqrt(weight[others])
    scale = np.abs(design[others]).max(axis=0, initial=0.0)
    seen = scale > 0  # terms of intakes that are in no trial say nothing here
    scaled = design[:, seen] / scale[seen]
    fitted = scaled[others] * root[:, None]
    if fitted.shape[0] <= fitted.shape[1] or np.linalg.matrix_rank(fitted) < fitted.shape[1]:
        raise NotEstimable("The outcome model's covariates are collinear among those who didn't join.")
    coefficients, *_ = np.linalg.lstsq(fitted, y[others] * root, rcond=None)
    expected = scaled @ coefficients
    mean = np.average(scaled[joined], axis=0, weights=weight[joined])
    lever = scaled[others] @ np.linalg.solve(fitted.T @ fitted, mean)
    pull = np.zeros(y.size)
    pull[others] = lever * weight[others] * (y - expected)[others]
    return expected, pull
