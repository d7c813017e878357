"""Matches don't depend on the order of rows, and say who has no counterpart."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.impact.matching import match_risk_sets, matched_difference, nearest
from pipelines.impact.regression import NotEstimable
from pipelines.impact.target_trial import emulate
from pipelines.impact.trial_effects import estimate_effects
from pipelines.impact.trial_weights import diagnose_trials, weight_trials
from tests.reference import fixed_company

COMPANY = Path(__file__).parents[2] / "reference/data/synthetic/company_seed2026.csv"


def test_people_tied_with_the_nearest_share_the_weight() -> None:
    who, other, weight = nearest(np.array([0.5, 0.4, 0.6, 0.9]), np.array([True, False, False, False]))
    assert (who.tolist(), sorted(other.tolist()), weight.tolist()) == ([0, 0], [1, 2], [0.5, 0.5])


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    score, treated, y = rng.integers(0, 20, 300) / 20, rng.random(300) < 0.3, rng.normal(size=300)
    there = matched_difference(y, score, treated, ratio=2)
    mixed = rng.permutation(300)
    back = matched_difference(y[mixed], score[mixed], treated[mixed], ratio=2)
    assert (back.estimate, back.std_error) == pytest.approx((there.estimate, there.std_error), rel=1e-12)


def test_where_everybody_is_as_likely_to_join_the_matched_difference_is_the_plain_one() -> None:
    y, treated = np.array([1.0, 2.0, 4.0, 6.0, 8.0]), np.array([True, True, False, False, False])
    found = matched_difference(y, np.full(5, 0.4), treated)
    assert (found.estimate, found.n_comparison) == (pytest.approx(1.5 - 6.0), 3)


def test_nobody_is_matched_beyond_the_caliper() -> None:
    score, treated = np.array([0.0, 0.1, 5.0, 5.5]), np.array([True, False, True, False])
    who, _, _ = nearest(score, treated, caliper=0.2)
    assert who.tolist() == [0]
    with pytest.raises(NotEstimable, match="inside the caliper"):
        nearest(score, treated, caliper=0.01)


def test_matching_in_risk_sets_agrees_with_weighting_on_the_known_company() -> None:
    company = pl.read_csv(COMPANY)
    trials = emulate(fixed_company.panel(company), fixed_company.people(company), fixed_company.TRIAL)
    weights = weight_trials(trials, fixed_company.TRIAL)
    matched, matches = match_risk_sets(trials, weights)
    effects = estimate_effects(trials, matched, fixed_company.TRIAL)
    shown = {row["arm"]: row["people_at_risk"] for row in effects.curves.filter(month=0).iter_rows(named=True)}
    assert shown == {
        "treated": matches["person_key"].n_unique(),
        "comparison": matches["matched_person_key"].n_unique(),
    }
    row = effects.at([12]).row(0, named=True)
    assert -row["ci_high"] < 0.03464 < -row["ci_low"]
    assert row["difference"] == pytest.approx(-0.0514, abs=0.015)
    assert matches["distance"].max() <= 0.2
    assert matches.group_by("person_key").agg(pl.col("weight").sum())["weight"].to_numpy() == pytest.approx(1.0)
    start = matches.join(fixed_company.people(company), on="person_key")
    assert (start["month"] == start["start_month"]).all()
    other = matches.join(fixed_company.people(company), left_on="matched_person_key", right_on="person_key")
    assert (other["start_month"].fill_null(99) > other["month"]).all()
    assert diagnose_trials(trials, matched).largest_smd[1] < 0.1
