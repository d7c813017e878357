"""The effect from nested target trials: weighted shares over follow-up in both arms, their difference, and an error that allows for everything estimated.

Let h(k) be an arm's weighted hazard in follow-up month k (0 is the month of time zero), h1(k) its part of the declared cause, S(k) the product of
1 - h up to k and F(k) the sum of S(k-1) h1(k) (Aalen-Johansen; 1 - S without competing events). A person's influence on h(k) is
w (dN - h Y) / sum(w Y), and by linearisation dF(t) = P1(t) - F(t) P2(t) + P3(t), where P1, P2, P3 are running sums over k of S(k-1) dh1(k),
dh(k) / (1 - h(k)) and F(k) dh(k) / (1 - h(k)). Influences are summed by person (a person is in many trials and in both arms); the enrolment model
adds score H^-1 g, with g = dF/dbeta analytic, since log weights are linear in log odds and sums of log(1 - e). Errors are the root of the summed
squares by person or cluster. Reference: Lunceford & Davidian (2004), Statistics in Medicine 23; Stefanski & Boos (2002) for stacking.

In small programmes these errors are too short and normal intervals too narrow. The small-sample form divides a person's influence on h(k) by 1 - share, with
share the part of the arm's weight that the person holds in month k, which makes it what leaving the person out does to h(k); intervals take Student's t
with the effective number of people of the smaller arm at time zero, less one. docs/measurements.md has the coverage of both. Reference: MacKinnon & White (1985),
Journal of Econometrics 29, for the jackknife form; Carter, Schnepel & Steigerwald (2017) for counting clusters by their weight.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from pipelines.impact.target_trial import Matrix, PersonTrials, TargetTrial
from pipelines.impact.trial_follow_up import Arm, Units, follow_arm, person_scores
from pipelines.impact.trial_weights import TrialWeights

ARMS = ("treated", "comparison")


@dataclass(frozen=True)
class TrialEffects:
    """effects: one row per month of follow-up; curves: one row per arm and month; influence: (people, months) of the difference in incidence.

    effects: month (1: after the first), incidence_treated, incidence_comparison, difference, std_error, ci_low, ci_high, p_value, mean_difference and
    its error (difference of restricted mean time without the event, in months), log_ratio_error (of the log ratio of incidences). survival_* are 1 - incidence. degrees: of the t interval; infinite for
    a normal one. As long as nobody of an arm has had the event, its error can't be told: std_error, interval and p_value are null.
    events_*: people with the event within the horizon, once however many trials they are in.
    curves: arm, month, incidence, std_error, ci_low, ci_high, n_risk (trial rows), people_at_risk, effective (Kish's number of people, or clusters, behind
    the weights in that month), events (people whose event is first seen in that month of a trial), cumulative_events, cumulative_left (people whom no trial
    follows any more, and to whom nothing had happened); the table under the plot. With clusters, influence has a row each instead of a person.
    """

    effects: pl.DataFrame
    curves: pl.DataFrame
    influence: Matrix
    events_treated: int
    events_comparison: int

    def at(self, months: Sequence[int]) -> pl.DataFrame:
        """The effects at `months` of follow-up."""
        return self.effects.filter(pl.col("month").is_in(list(months)))


def estimate_effects(
    trials: PersonTrials,
    weights: TrialWeights,
    trial: TargetTrial,
    *,
    cluster: NDArray[np.generic] | None = None,
    small_sample: bool = True,
    level: float = 0.05,
) -> TrialEffects:
    """Incidence of the cause in both arms for every month of follow-up up to the horizon, with intervals at 1 - level.

    cluster: shape (people,), in the order of `trials.keys`, where errors are to be shared more widely than by person (a site, a mentor).
    small_sample: see above; False gives plain stacked errors and normal intervals, as R's figures have them.
    Raises NotEstimable where fewer than two people (or clusters) of an arm are at risk before the horizon. Memory: a few columns of the design; time:
    linear in person-months.
    """
    if cluster is not None and len(cluster) != trials.keys.len():
        raise ValueError(f"cluster has {len(cluster)} labels for {trials.keys.len()} people.")
    unit_of = np.arange(trials.keys.len()) if cluster is None else np.unique(cluster, return_inverse=True)[1]
    units = Units(unit_of[trials.person], int(unit_of.max()) + 1, small_sample)
    score = units.sum_rows(person_scores(trials, weights), unit_of)
    arms = [follow_arm(trials, weights, trial, name, units) for name in ARMS]
    stacked = [arm.influence + score @ (weights.enrolment.covariance @ arm.gradient.T) for arm in arms]
    difference = stacked[0] - stacked[1]
    degrees = max(min(float(arm.effective[0]) for arm in arms) - 1, 1.0) if small_sample else np.inf
    curves = pl.concat(
        [_curve(name, arm, one, degrees, level) for name, arm, one in zip(ARMS, arms, stacked, strict=True)]
    )
    effects = _effects(arms, difference, degrees, level).with_columns(log_ratio_error=_log_ratio_error(arms, stacked))
    counted = [arm.people_with_event for arm in arms]
    return TrialEffects(effects, curves, difference[:, 1:], counted[0], counted[1])


def _effects(arms: Sequence[Arm], influence: Matrix, degrees: float, level: float) -> pl.DataFrame:
    treated, comparison = (arm.incidence[1:] for arm in arms)
    difference = treated - comparison
    is_known = (treated > 0) & (comparison > 0)
    error = np.where(is_known, np.sqrt((influence**2).sum(axis=0))[1:], np.nan)
    mean = -np.cumsum(np.concatenate([[0.0], difference[:-1]]))
    mean_error = np.sqrt((np.cumsum(influence[:, :-1], axis=1) ** 2).sum(axis=0))
    margin = stats.t.isf(level / 2, degrees) * error
    distance = np.divide(np.abs(difference), error, out=np.full_like(error, np.nan), where=error > 0)
    frame = pl.DataFrame(
        {
            "month": np.arange(1, difference.size + 1),
            "incidence_treated": treated,
            "incidence_comparison": comparison,
            "difference": difference,
            "std_error": error,
            "ci_low": difference - margin,
            "ci_high": difference + margin,
            "p_value": 2 * stats.t.sf(distance, degrees),
            "degrees": np.full(error.size, degrees),
            "mean_difference": mean,
            "mean_std_error": mean_error,
        }
    ).with_columns(pl.col("std_error", "ci_low", "ci_high", "p_value").fill_nan(None))
    return frame.with_columns(
        survival_treated=1 - pl.col("incidence_treated"), survival_comparison=1 - pl.col("incidence_comparison")
    )


def _log_ratio_error(arms: Sequence[Arm], influences: Sequence[Matrix]) -> pl.Series:
    """Error of the log ratio of incidences by the delta method, month by month; null as long as nobody of an arm has had the event."""
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = [one[:, 1:] / arm.incidence[1:] for arm, one in zip(arms, influences, strict=True)]
        error = np.sqrt(((relative[0] - relative[1]) ** 2).sum(axis=0))
    return pl.Series(np.where(np.isfinite(error), error, np.nan)).fill_nan(None)


def _curve(name: str, arm: Arm, influence: Matrix, degrees: float, level: float) -> pl.DataFrame:
    error = np.sqrt((influence**2).sum(axis=0))
    z = float(stats.t.isf(level / 2, degrees))
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
            "effective": np.append(arm.effective, np.nan),
            "events": np.append(arm.events, np.nan),
            "cumulative_events": np.concatenate([[0.0], np.cumsum(arm.events)]),
            "cumulative_left": arm.left,
        }
    ).with_columns(pl.col("ci_low", "ci_high", "n_risk", "people_at_risk", "effective", "events").fill_nan(None))
