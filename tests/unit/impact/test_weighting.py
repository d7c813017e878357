"""Weights, their diagnostics, and effects on outcomes measured once."""

import numpy as np
import pytest

from pipelines.impact.logit import fit_logit
from pipelines.impact.point_outcomes import aipw_att, assign_folds, difference_in_means, hajek_difference
from pipelines.impact.regression import NotEstimable
from pipelines.impact.weighting import balance, estimand_weights, overlap, sample_size


@pytest.fixture(scope="module")
def population():
    """2,000 people; those with high x join more often and do better anyway; joining adds 1."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=(2000, 2))
    treated = rng.random(2000) < 1 / (1 + np.exp(1.5 - x[:, 0]))
    y = 2 * x[:, 0] + x[:, 1] + treated + rng.normal(size=2000)
    return np.column_stack([np.ones(2000), x]), treated, y


def test_the_enrolment_model_agrees_with_statsmodels(population) -> None:
    import statsmodels.api as sm

    design, treated, _ = population
    weight = np.linspace(0.5, 2, 2000)
    theirs = sm.GLM(treated.astype(float), design, family=sm.families.Binomial(), freq_weights=weight).fit(tol=1e-12)
    ours = fit_logit(design, treated.astype(float), weight)
    assert ours.coefficients == pytest.approx(theirs.params, abs=1e-9)
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(theirs.bse, abs=1e-8)


def test_weights_repair_what_a_raw_gap_gets_wrong(population) -> None:
    design, treated, y = population
    chance = fit_logit(design, treated.astype(float)).probability
    assert difference_in_means(y, treated).ci_low > 2
    for estimand in ("att", "overlap", "ate"):
        found = hajek_difference(y, treated, estimand_weights(chance, treated, estimand))
        assert abs(found.estimate - 1) < 0.3, estimand


def test_overlap_weights_balance_every_covariate_of_the_model_exactly(population) -> None:
    design, treated, _ = population
    chance = fit_logit(design, treated.astype(float)).probability
    shown = balance({"x": design[:, 1]}, treated, estimand_weights(chance, treated, "overlap"))
    assert abs(shown["smd_after"][0]) < 1e-9 < 0.5 < shown["smd_before"][0]


def test_doubly_robust_estimates_cover_the_truth_with_and_without_folds(population) -> None:
    design, treated, y = population
    folds = assign_folds(np.arange(2000), 5, np.random.default_rng(1))
    for how in ({}, {"folds": folds}, {"normalised": True}):
        found = aipw_att(y, treated, design, **how)
        assert found.ci_low < 1 < found.ci_high
        assert found.std_error == pytest.approx(0.055, rel=0.2)


def test_folds_keep_a_persons_rows_together_and_repeat_with_the_generator() -> None:
    person = np.repeat(np.arange(50), 3)
    folds = assign_folds(person, 5, np.random.default_rng(2))
    assert all(np.unique(folds[person == p]).size == 1 for p in range(50))
    assert np.bincount(folds).tolist() == [30] * 5
    assert (folds == assign_folds(person, 5, np.random.default_rng(2))).all()


def test_effective_size_counts_people_not_rows() -> None:
    size = sample_size(np.array([1.0, 1.0, 2.0]), np.array(["a", "a", "b"]))
    assert (size.people, size.effective, size.largest_share) == (2, 2.0, 0.5)
    assert size.effective_rows == pytest.approx(16 / 6)


def test_overlap_names_the_share_without_a_counterpart() -> None:
    chance = np.array([0.1, 0.2, 0.3, 0.25, 0.9])
    outside, shown = overlap(chance, np.array([False, False, False, True, True]), bins=4)
    assert outside == 0.5
    assert shown["treated_share"].sum() == pytest.approx(1)
    assert shown["comparison_share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("column", ["separates", "twice", "nothing", "missing"])
def test_what_the_enrolment_model_cannot_learn_is_refused(population, column: str) -> None:
    design, treated, _ = population
    bad = {
        "separates": treated * 2.0 - 1,
        "twice": design[:, 1] * 2,
        "nothing": np.zeros(2000),
        "missing": np.full(2000, np.nan),
    }[column]
    with pytest.raises(NotEstimable):
        fit_logit(np.column_stack([design, bad]), treated.astype(float))


def test_clustering_repeated_rows_gives_the_error_of_the_rows_once(population) -> None:
    design, treated, y = population
    twice = [np.repeat(a, 2, axis=0) for a in (y, treated, design)]
    single = aipw_att(y, treated, design)
    assert aipw_att(*twice, cluster=np.repeat(np.arange(2000), 2)).std_error == pytest.approx(
        single.std_error, rel=1e-9
    )
    assert aipw_att(*twice).std_error < single.std_error * 0.75


def test_balance_is_refused_where_an_arm_is_empty_or_a_value_is_missing_instead_of_passing_as_balanced(
    population,
) -> None:
    design, treated, _ = population
    ones = np.ones(treated.size)
    for empty in (treated & False, treated | True):
        with pytest.raises(NotEstimable, match="both arms"):
            balance({"x": design[:, 1]}, empty, ones)
    holed = np.where(np.arange(treated.size) == 5, np.nan, design[:, 1])
    with pytest.raises(NotEstimable, match="x has missing values"):
        balance({"x": holed}, treated, ones)
