"""Other methods beside the headline: they agree where both models hold, one saves the other where one is wrong, and nobody can be picked out of the picture."""

from dataclasses import replace
from fractions import Fraction
from math import comb

import numpy as np
import polars as pl
import pytest

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.doubly_robust import doubly_robust_difference, outcomes_by_the_horizon
from pipelines.impact.employment_records import EmploymentRecords, employment_records
from pipelines.impact.hidden_bias import rosenbaum_bound, upper_p_value
from pipelines.impact.regression import NotEstimable
from pipelines.impact.second_opinions import hazard_ratio, matched_picture
from pipelines.impact.target_trial import PersonTrials, emulate
from pipelines.impact.trial_effects import estimate_effects
from pipelines.impact.trial_estimates import estimate_by_trials
from pipelines.impact.trial_weights import TrialWeights, weight_trials
from tests.unit.impact.made_months import measures, months

STAYING = Outcome("retained_12m", "Still employed", "share", "share")
MEASURED = ("quality", "tenure_months")
Laid = tuple[EmploymentRecords, PersonTrials, TrialWeights]


def laid_out(seed: int = 4, people: int = 900, exit_ratio: float = 1.0, covariates: tuple[str, ...] = MEASURED) -> Laid:
    made = months(seed=seed, people=people, exit_ratio=exit_ratio, start_chance=0.03)
    records = employment_records(made, measures(made), STAYING, covariates)
    trials = emulate(records.panel, records.people, records.trial)
    return records, trials, weight_trials(trials, records.trial)


def weighted(laid: Laid) -> float:
    records, trials, weights = laid
    effects = estimate_effects(trials, weights, records.trial, cluster=records.clusters(trials.keys))
    return float(effects.at([12])["difference"][0])


def unweighted(laid: Laid) -> Laid:
    """As an enrolment model that has learnt nothing would weigh; who is cut is still reweighted."""
    records, trials, weights = laid
    return records, trials, replace(weights, baseline=(weights.baseline > 0).astype(float))


@pytest.mark.parametrize("seed", range(4))
def test_comparison_people_who_are_cut_by_an_intake_after_the_last_trial_are_made_up_for(seed: int) -> None:
    """Who is followed to the horizon, or to the event, stands for all of the comparison at time zero: their weights add up to as much."""
    records, trials, weights = laid_out(seed)
    last_start = trials.start[trials.start < trials.month.max() + 1].max()
    assert last_start > records.trial.last_month, "somebody starts after the last trial"
    rows = np.flatnonzero(trials.in_trial & ~trials.starts)
    _, is_known, reach = outcomes_by_the_horizon(trials, records.trial, rows)
    made_up = np.exp(weights.stay[rows] - weights.stay[rows + reach]) * weights.baseline[rows]
    assert made_up[is_known].sum() / weights.baseline[rows].sum() == pytest.approx(1.0, abs=0.08)


def test_both_methods_agree_where_both_models_hold() -> None:
    gaps = []
    for seed in range(8):
        records, trials, weights = laid = laid_out(seed)
        second = doubly_robust_difference(trials, weights, records.trial, cluster=records.clusters(trials.keys))
        gaps.append((second.estimate - weighted(laid)) / second.std_error)
    assert max(map(abs, gaps)) < 0.6
    assert abs(float(np.mean(gaps))) < 0.25


def test_the_second_method_saves_the_answer_where_the_weights_are_wrong() -> None:
    """Planted: no effect. Mentees are better people, so an unweighted comparison finds one; modelling the outcome takes most of it away."""
    naive, saved = [], []
    for seed in range(8):
        records, trials, weights = unweighted(laid_out(seed))
        naive.append(weighted((records, trials, weights)))
        saved.append(doubly_robust_difference(trials, weights, records.trial).estimate)
    assert float(np.mean(naive)) < -0.04
    assert abs(float(np.mean(saved))) < 0.02


def test_the_second_estimate_stands_in_the_row_in_the_sign_of_the_outcome() -> None:
    made = months(seed=4, people=900)
    records = employment_records(made, measures(made), STAYING, MEASURED)
    row = estimate_by_trials(records, STAYING, None).row
    assert row["method_gap"] < 1.0
    assert row["doubly_robust_low"] < row["doubly_robust"] < row["doubly_robust_high"]
    assert row["doubly_robust"] == pytest.approx(row["estimate"], abs=row["std_error"])


def test_its_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """40 firms without an effect: 95 % is 38; under 33 would happen once in a thousand times."""
    covered = 0
    for seed in range(100, 140):
        records, trials, weights = laid_out(seed, people=400)
        second = doubly_robust_difference(trials, weights, records.trial, cluster=records.clusters(trials.keys))
        covered += second.ci_low <= 0 <= second.ci_high
    assert covered >= 33


def test_no_second_method_where_mentees_are_lost_before_the_horizon() -> None:
    records, trials, weights = laid_out()
    gone = trials.person % 5 == 0
    lost = replace(trials, last=np.where(gone, np.minimum(trials.last, trials.month + 3), trials.last), event=np.where(gone, 0, trials.event))  # fmt: skip
    with pytest.raises(NotEstimable, match="aren't known"):
        doubly_robust_difference(lost, weights, records.trial)


@pytest.mark.parametrize("gamma", [1, 4, 6])
def test_the_greatest_p_is_the_exact_tail_of_a_biased_coin(gamma: int) -> None:
    """Summed as fractions, of 122 pairs that differ, in 110 of them one way."""
    biased = Fraction(gamma, 1 + gamma)
    tail = sum(comb(122, k) * biased**k * (1 - biased) ** (122 - k) for k in range(110, 123))
    assert upper_p_value(110, 12, gamma) == pytest.approx(float(tail), rel=1e-9)


def test_the_bound_is_where_the_pairs_stop_being_clear() -> None:
    gamma = rosenbaum_bound(40, 15)
    assert upper_p_value(40, 15, gamma) == pytest.approx(0.025, abs=1e-9)
    assert rosenbaum_bound(20, 18) == 1.0
    assert rosenbaum_bound(5000, 0) == 1000.0
    with pytest.raises(NotEstimable):
        rosenbaum_bound(0, 0)
    with pytest.raises(ValueError, match="at least 1"):
        upper_p_value(3, 1, 0.5)


def test_the_picture_needs_people_enough_and_is_told_in_fives_and_whole_per_cents() -> None:
    records, trials, weights = laid_out(exit_ratio=0.5)
    picture = matched_picture(records, trials, weights)
    assert picture is not None
    assert picture.joined < picture.colleagues
    made = months(seed=4, people=900, exit_ratio=0.5, start_chance=0.03)
    row = estimate_by_trials(employment_records(made, measures(made), STAYING, MEASURED), STAYING, None).row
    assert row["matched_people"] % 5 == 0
    assert (round(100 * row["matched_treated_mean"], 9) % 1, round(100 * row["matched_control_mean"], 9) % 1) == (0, 0)
    assert row["matched_treated_mean"] > row["matched_control_mean"], "staying, so the sign is turned"
    assert matched_picture(*laid_out(people=60)) is None


def test_a_ratio_that_fades_is_told() -> None:
    """Planted: mentees leave at a fifth of the rate for six months after the start, and at three times it later."""
    rng = np.random.default_rng(5)
    made = months(seed=11, people=1500, exit_ratio=1.0, start_chance=0.03).sort("person_key", "month")
    since = made["month"] - made["start_month"]
    ratio = pl.Series(np.where(since.fill_null(-1) < 0, 1.0, np.where(since.fill_null(0) < 6, 0.2, 3.0)))
    leaves = pl.Series(rng.random(made.height) < 0.02 * ratio.to_numpy())
    fading = made.with_columns(leaves=leaves).filter(
        pl.col("leaves").cum_sum().shift(1, fill_value=0).over("person_key") == 0
    )
    records = employment_records(fading, measures(fading), STAYING, MEASURED)
    hazards = hazard_ratio(records, STAYING)
    assert hazards is not None
    assert hazards.changes_p is not None
    assert hazards.changes_p < 0.001


def test_a_ratio_that_stays_is_not_called_fading() -> None:
    suspected = 0
    for seed in range(12):
        made = months(seed=seed, people=500)
        hazards = hazard_ratio(employment_records(made, measures(made), STAYING, MEASURED), STAYING)
        assert hazards is not None
        assert hazards.changes_p is not None
        suspected += hazards.changes_p < 0.05
    assert suspected <= 3
