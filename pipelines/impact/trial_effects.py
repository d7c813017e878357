"""The effect from nested target trials: weighted shares over follow-up in both arms, their difference, and an error that allows for everything estimated.

Let h(k) be an arm's weighted hazard in follow-up month k (0 is the month of time zero), h1(k) its part of the declared cause, S(k) the product of
1 - h up to k and F(k) the sum of S(k-1) h1(k) (Aalen-Johansen; 1 - S without competing events). A person's influence on h(k) is
w (dN - h Y) / sum(w Y), and by linearisation dF(t) = P1(t) - F(t) P2(t) + P3(t), where P1, P2, P3 are running sums over k of S(k-1) dh1(k),
dh(k) / (1 - h(k)) and F(k) dh(k) / (1 - h(k)). Influences are summed by person (a person is in many trials and in both arms); the enrolment model
adds score H^-1 g, with g = dF/dbeta analytic, since log weights are linear in log odds and sums of log(1 - e). Errors are the root of the summed
squares by person or cluster. Reference: Lunceford & Davidian (2004), Statistics in Medicine 23; Stefanski & Boos (2002) for stacking.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse, stats

from pipelines.impact.regression import NotEstimable, Vector, tally
from pipelines.impact.target_trial import Matrix, PersonTrials, TargetTrial
from pipelines.impact.trial_weights import TrialWeights

ARMS = ("treated", "comparison")


@dataclass(frozen=True)
class TrialEffects:
    """effects: one row a month of follow-up; curves: one row an arm and month; influence: (people, months) of the difference in incidence.

    effects: month (1: after the first), incidence_treated, incidence_comparison, difference, std_error, ci_low, ci_high, p_value, mean_difference and
    its error (difference of restricted mean time without the event, in months). survival_* are 1 - incidence.
    events_*: people with the event within the horizon, once however many trials they are in.
    curves: arm, month, incidence, std_error, ci_low, ci_high, n_risk, people_at_risk, events, cumulative_events; the table under the plot.
    """

    effects: pl.DataFrame
    curves: pl.DataFrame
    influence: Matrix
    events_treated: int
    events_comparison: int

    def at(self, months: Sequence[int]) -> pl.DataFrame:
        """The effects at `months` of follow-up."""
        return self.effects.filter(pl.col("month").is_in(list(months)))


@dataclass(frozen=True)
class _Arm:
    """One arm: incidence (months + 1,), influence (people, months + 1), gradient (months + 1, p), and counts for the table, (months,)."""

    incidence: Vector
    influence: Matrix
    gradient: Matrix
    n_risk: Vector
    people: Vector
    events: Vector
    people_with_event: int


def estimate_effects(
    trials: PersonTrials, weights: TrialWeights, trial: TargetTrial, *, cluster: NDArray[np.generic] | None = None
) -> TrialEffects:
    """Incidence of the cause in both arms for every month of follow-up up to the horizon, with 95 % intervals.

    cluster: shape (people,), in the order of `trials.keys`, where errors are to be shared more widely than by person (a site, a mentor).
    Raises NotEstimable where nobody is at risk any more before the horizon. Memory: a few columns of the design; time: linear in person-months.
    """
    score = _scores(trials, weights)
    inverse = weights.enrolment.covariance
    arms = [_follow(trials, weights, trial, name) for name in ARMS]
    stacked = [arm.influence + score @ (inverse @ arm.gradient.T) for arm in arms]
    if cluster is not None:
        labels, place = np.unique(cluster, return_inverse=True)
        stacked = [np.column_stack([tally(place, column, labels.size) for column in one.T]) for one in stacked]
    difference = stacked[0] - stacked[1]
    curves = pl.concat([_curve(name, arm, one) for name, arm, one in zip(ARMS, arms, stacked, strict=True)])
    effects = _effects(arms, difference)
    counted = [arm.people_with_event for arm in arms]
    return TrialEffects(effects, curves, difference[:, 1:], counted[0], counted[1])


def _effects(arms: Sequence[_Arm], influence: Matrix) -> pl.DataFrame:
    treated, comparison = (arm.incidence[1:] for arm in arms)
    difference = treated - comparison
    error = np.sqrt((influence**2).sum(axis=0))[1:]
    mean = -np.cumsum(np.concatenate([[0.0], difference[:-1]]))
    mean_error = np.sqrt((np.cumsum(influence[:, :-1], axis=1) ** 2).sum(axis=0))
    z = float(stats.norm.ppf(0.975))
    frame = pl.DataFrame(
        {
            "month": np.arange(1, difference.size + 1),
            "incidence_treated": treated,
            "incidence_comparison": comparison,
            "difference": difference,
            "std_error": error,
            "ci_low": difference - z * error,
            "ci_high": difference + z * error,
            "p_value": 2
            * stats.norm.sf(np.abs(np.divide(difference, error, out=np.zeros_like(error), where=error > 0))),
            "mean_difference": mean,
            "mean_std_error": mean_error,
        }
    )
    return frame.with_columns(
        survival_treated=1 - pl.col("incidence_treated"), survival_comparison=1 - pl.col("incidence_comparison")
    )


def _curve(name: str, arm: _Arm, influence: Matrix) -> pl.DataFrame:
    error = np.sqrt((influence**2).sum(axis=0))
    z = float(stats.norm.ppf(0.975))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = z * error / ((1 - arm.incidence) * np.log1p(-arm.incidence))
        low, high = 1 - (1 - arm.incidence) ** np.exp(spread), 1 - (1 - arm.incidence) ** np.exp(-spread)
    months = arm.incidence.size
    return pl.DataFrame(
        {
            "arm": [name] * months,
            "month": np.arange(months),
            "incidence": arm.incidence,
            "std_error": error,
            "ci_low": low,
            "ci_high": high,
            "n_risk": np.append(arm.n_risk, np.nan),
            "people_at_risk": np.append(arm.people, np.nan),
            "events": np.append(arm.events, np.nan),
            "cumulative_events": np.concatenate([[0.0], np.cumsum(arm.events)]),
        }
    ).with_columns(pl.col("ci_low", "ci_high", "n_risk", "people_at_risk", "events").fill_nan(None))


def _scores(trials: PersonTrials, weights: TrialWeights) -> Matrix:
    """Each person's score in the enrolment model, (people, p)."""
    rows = trials.eligible
    residual = np.where(rows, trials.starts - weights.probability, 0.0)
    edges = np.searchsorted(trials.person, np.arange(trials.keys.len() + 1))
    by_person = sparse.csr_array((residual, np.arange(residual.size), edges))
    return np.asarray(by_person @ trials.design)


@dataclass(frozen=True)
class _Walk:
    """The trial rows of one arm: their place among all rows, follow-up months on record, and months until they are cut or gone."""

    rows: NDArray[np.int64]
    left: NDArray[np.int64]
    until: NDArray[np.int64]
    is_treated: bool


def _walk(trials: PersonTrials, *, is_treated: bool) -> _Walk:
    rows = np.flatnonzero(trials.in_trial & (trials.starts == is_treated))
    left = trials.last[rows] - trials.month[rows]
    own_start = trials.start[rows] - trials.month[rows] - 1
    return _Walk(rows, left, left if is_treated else np.minimum(left, own_start), is_treated)


def _follow(trials: PersonTrials, weights: TrialWeights, trial: TargetTrial, arm: str) -> _Arm:
    """Walk one arm through follow-up. Row r of month m stands in month m + k at row r + k, since a person's months have no gaps."""
    walk = _walk(trials, is_treated=arm == "treated")
    is_reweighted = weights.ipcw and not walk.is_treated
    months, people, p = trial.horizon_months, trials.keys.len(), trials.design.shape[1]
    incidence, counts = np.zeros(months + 1), np.zeros((3, months))
    influence, gradient = np.zeros((people, months + 1)), np.zeros((months + 1, p))
    sums, slopes = np.zeros((3, people)), np.zeros((3, p))
    survival, departed = 1.0, np.zeros(people, bool)
    for k in range(months):
        here = np.flatnonzero(walk.until >= k)
        if not here.size:
            raise NotEstimable(f"Nobody of the {arm} arm can be followed beyond month {k}; shorten the horizon to {k}.")
        at = walk.rows[here]
        person, weight = trials.person[at], weights.baseline[at]
        if is_reweighted:
            weight = weight * np.exp(weights.stay[at] - weights.stay[at + k])
        leaves = (walk.left[here] == k) & (trials.event[at] != 0)
        wanted = leaves & (trials.event[at] == trial.cause)
        total = float(weight.sum())
        hazard, hazard1 = float(weight[leaves].sum()) / total, float(weight[wanted].sum()) / total
        own = weight * (wanted - hazard1) / total * survival
        rest = weight * (leaves - hazard) / total / (1 - hazard) if hazard < 1 else np.zeros(here.size)
        incidence[k + 1] = incidence[k] + survival * hazard1
        steps = np.stack([tally(person, part, people) for part in (own, rest)])
        bends = _slopes(trials, weights, at, (own, rest), k if is_reweighted else 0)
        for running, step in ((sums, steps), (slopes, bends)):
            running[:2] += step
            running[2] += incidence[k + 1] * step[1]
        influence[:, k + 1] = sums[0] - incidence[k + 1] * sums[1] + sums[2]
        gradient[k + 1] = slopes[0] - incidence[k + 1] * slopes[1] + slopes[2]
        survival *= 1 - hazard
        departed[person[wanted]] = True
        counts[:, k] = here.size, 1 + np.count_nonzero(np.diff(person)), wanted.sum()
    return _Arm(incidence, influence, gradient, counts[0], counts[1], counts[2], int(departed.sum()))


def _slopes(
    trials: PersonTrials, weights: TrialWeights, at: NDArray[np.int64], parts: tuple[Vector, Vector], reach: int
) -> Matrix:
    """Derivative by the enrolment coefficients of the sums of `parts`, which are proportional to weights of the rows `at`, (2, p).

    reach: months after time zero over which the weight also holds 1 / (1 - e): rows at + 1 to at + reach. Factors of rows are collected first, so that
    the design is read once and no part of it is copied.
    """
    slope = weights.slope[at]
    if not reach and not slope.any():
        return np.zeros((2, trials.design.shape[1]))
    factors = np.zeros((2, trials.month.size))
    for factor, part in zip(factors, parts, strict=True):
        if reach:
            change = np.zeros(factor.size + 1)
            change[at + 1] = part
            change[at + reach + 1] -= part
            np.multiply(np.cumsum(change[:-1]), weights.probability, out=factor)
        factor[at] += part * slope
    return factors @ trials.design
