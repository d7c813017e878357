"""One arm of nested target trials, followed month by month: its incidence, everybody's influence on it, and what it owes to the enrolment model.

The quantities are those of `trial_effects`; this is the walk through the months that computes them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pipelines.impact.regression import NotEstimable, Vector, tally
from pipelines.impact.target_trial import Matrix, PersonTrials, TargetTrial
from pipelines.impact.trial_weights import TrialWeights


@dataclass(frozen=True)
class Arm:
    """One arm: incidence (months + 1,), influence (units, months + 1), gradient (months + 1, p), and counts for the table, (months,).

    left: people who left observation before each month, (months + 1,).
    """

    incidence: Vector
    influence: Matrix
    gradient: Matrix
    n_risk: Vector
    people: Vector
    effective: Vector
    events: Vector
    left: Vector
    people_with_event: int


@dataclass(frozen=True)
class Units:
    """Whose influence is summed before squaring: people, or clusters of them. of_row: shape (rows,)."""

    of_row: NDArray[np.int64]
    count: int
    small_sample: bool

    def sum_rows(self, by_person: Matrix, unit_of: NDArray[np.int64]) -> Matrix:
        """(units, columns) from (people, columns)."""
        return np.column_stack([tally(unit_of, column, self.count) for column in by_person.T])

    def stretch(self, share: Vector) -> Vector:
        """The factor by which leaving a unit out outdoes its linear influence, given its share of the weight."""
        return 1 / (1 - share) if self.small_sample else np.ones(share.size)


def person_scores(trials: PersonTrials, weights: TrialWeights) -> Matrix:
    """Each person's score in the enrolment model, (people, p)."""
    rows = trials.eligible
    residual = np.where(rows, trials.starts - weights.probability, 0.0)
    edges = np.searchsorted(trials.person, np.arange(trials.keys.len() + 1))
    by_person = sparse.csr_array((residual, np.arange(residual.size), edges))
    return np.asarray(by_person @ trials.design)


@dataclass(frozen=True)
class _Walk:
    """The trial rows of one arm that carry weight; after matching not all do.

    rows: their place among all rows. left: follow-up months on record. until: months until they are cut or gone.
    """

    rows: NDArray[np.int64]
    left: NDArray[np.int64]
    until: NDArray[np.int64]
    is_treated: bool


def months_watched(trials: PersonTrials, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of trial rows: months on record after time zero, and months until they are gone or, in the comparison, cut before their own start."""
    left = trials.last[rows] - trials.month[rows]
    own_start = trials.start[rows] - trials.month[rows] - 1
    return left, np.where(trials.starts[rows], left, np.minimum(left, own_start))


def _walk(trials: PersonTrials, weights: TrialWeights, *, is_treated: bool) -> _Walk:
    rows = np.flatnonzero(trials.in_trial & (trials.starts == is_treated) & (weights.baseline > 0))
    return _Walk(rows, *months_watched(trials, rows), is_treated)


def follow_arm(trials: PersonTrials, weights: TrialWeights, trial: TargetTrial, arm: str, units: Units) -> Arm:
    """Walk one arm through follow-up. Row r of month m stands in month m + k at row r + k, since a person's months have no gaps."""
    walk = _walk(trials, weights, is_treated=arm == "treated")
    is_reweighted = weights.ipcw and not walk.is_treated
    months, p = trial.horizon_months, trials.design.shape[1]
    incidence, counts = np.zeros(months + 1), np.zeros((4, months))
    influence, gradient = np.zeros((units.count, months + 1)), np.zeros((months + 1, p))
    sums, slopes = np.zeros((3, units.count)), np.zeros((3, p))
    survival, departed = 1.0, np.zeros(trials.keys.len(), bool)
    for k in range(months):
        here = np.flatnonzero(walk.until >= k)
        at = walk.rows[here]
        weight = weights.baseline[at]
        if is_reweighted:
            weight = weight * np.exp(weights.stay[at] - weights.stay[at + k])
        unit, person, total = units.of_row[at], trials.person[at], float(weight.sum())
        share = tally(unit, weight, units.count) / total if total else np.ones(1)
        if not share.max() < 1:
            raise NotEstimable(_too_few(arm, k, here.size))
        leaves = (walk.left[here] == k) & (trials.event[at] != 0)
        wanted = leaves & (trials.event[at] == trial.cause)
        hazard, hazard1 = float(weight[leaves].sum()) / total, float(weight[wanted].sum()) / total
        own = weight * (wanted - hazard1) / total * survival
        rest = weight * (leaves - hazard) / total / (1 - hazard) if hazard < 1 else np.zeros(here.size)
        incidence[k + 1] = incidence[k] + survival * hazard1
        steps = np.stack([tally(unit, part, units.count) for part in (own, rest)]) * units.stretch(share)
        bends = _slopes(trials, weights, at, (own, rest), k if is_reweighted else 0)
        for running, step in ((sums, steps), (slopes, bends)):
            running[:2] += step
            running[2] += incidence[k + 1] * step[1]
        influence[:, k + 1] = sums[0] - incidence[k + 1] * sums[1] + sums[2]
        gradient[k + 1] = slopes[0] - incidence[k + 1] * slopes[1] + slopes[2]
        survival *= 1 - hazard
        known = int(departed.sum())
        departed[person[wanted]] = True
        counts[:, k] = here.size, 1 + np.count_nonzero(np.diff(person)), 1 / (share @ share), departed.sum() - known
    left = _left_observation(walk, trials, months)
    return Arm(incidence, influence, gradient, counts[0], counts[1], counts[2], counts[3], left, int(departed.sum()))


def _left_observation(walk: _Walk, trials: PersonTrials, months: int) -> Vector:
    """People whom no trial follows any more before months 0 to `months`, and to whom nothing had happened. Whoever is followed to the end hasn't left."""
    person, until = trials.person[walk.rows], np.minimum(walk.until, months - 1)
    happened = np.zeros(trials.keys.len(), bool)
    happened[person[(trials.event[walk.rows] != 0) & (walk.left == until)]] = True
    followed = np.full(trials.keys.len(), -1)
    np.maximum.at(followed, person, until)
    last = followed[(followed >= 0) & (followed < months - 1) & ~happened]
    return np.concatenate([[0], np.cumsum(np.bincount(last, minlength=months)[:months])]).astype(float)


def _too_few(arm: str, month: int, rows: int) -> str:
    who = "Nobody" if not rows else "Only one person or cluster"
    return f"{who} of the {arm} arm can be followed beyond month {month}; shorten the horizon to {month}."


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
