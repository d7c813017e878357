"""Sensitivity, many comparisons, effect sizes and power."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipelines.impact.effect_sizes import hedges_g, hedges_g_paired, newcombe_difference, wilson_interval
from pipelines.impact.multiplicity import benjamini_hochberg, holm, interaction_test
from pipelines.impact.power import (
    StudyPlan,
    chance_to_see,
    detectable_from_error,
    detectable_share,
    events_needed,
    mentees_needed,
    mentees_to_see,
    power_for_share,
    power_table,
    smallest_change,
)
from pipelines.impact.regression import NotEstimable
from pipelines.impact.sensitivity import (
    NegativeControl,
    bias_factor,
    e_value,
    e_value_in_words,
    e_value_of_limit,
    response_bounds,
    response_gap,
    risk_ratio_limits,
    risk_ratio_of_hazard_ratio,
    robustness_value,
)


def test_e_values_are_the_published_ones_in_both_directions() -> None:
    assert e_value(3.9) == pytest.approx(7.263034344160047)
    assert e_value(1 / 3.9) == pytest.approx(7.263034344160047)
    assert e_value(risk_ratio_of_hazard_ratio(0.75, is_common=False)) == pytest.approx(2.0)
    assert e_value(risk_ratio_of_hazard_ratio(0.56, is_common=True)) == pytest.approx(2.349531257322429)
    assert (e_value_of_limit(1.8, 8.7), e_value_of_limit(0.9, 2)) == (pytest.approx(3.0), 1.0)


def test_an_e_value_is_where_the_bias_factor_equals_the_ratio() -> None:
    assert bias_factor(e_value(2.2), e_value(2.2)) == pytest.approx(2.2)


def katz(events: int, people: int, others: int, other_people: int) -> float:
    """Error of the log ratio of two shares. Reference: Katz et al. (1978), Biometrics 34."""
    return float(np.sqrt(1 / events - 1 / people + 1 / others - 1 / other_people))


def test_limits_of_a_ratio_are_those_of_the_log_ratio() -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    ours = risk_ratio_limits(11 / 100, 33 / 200, katz(11, 100, 33, 200), 1.959963984540054)
    assert ours == pytest.approx(confint_proportions_2indep(11, 100, 33, 200, method="log", compare="ratio"), rel=1e-6)


def test_few_leavers_need_little_to_be_explained_away() -> None:
    """The difference's own limits, divided by the comparison's share, gave seven leavers of 211 an E-value of 1.34 instead of none."""
    seven = risk_ratio_limits(7 / 211, 60 / 900, katz(7, 211, 60, 900), 1.96)
    assert e_value_of_limit(*seven) == 1.0
    four = risk_ratio_limits(4 / 211, 60 / 900, katz(4, 211, 60, 900), 1.96)
    assert 1.0 < e_value_of_limit(*four) < 2.0


def test_the_words_say_whether_something_measured_is_as_strong() -> None:
    assert "stronger than engagement" in e_value_in_words(2.5, "engagement", 1.1)
    assert "weaker than engagement" in e_value_in_words(1.2, "engagement", 1.5)
    assert "the interval includes no effect" in e_value_in_words(1.0)


def test_the_robustness_value_is_the_published_one_and_zero_without_effect() -> None:
    assert robustness_value(4.184, 783).value == pytest.approx(0.13876254286782297)
    assert robustness_value(1.0, 783).value_alpha == 0.0


def test_adjusted_p_values_agree_with_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(1).random(30) ** 3
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-12)
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-12)


def test_one_subgroup_detected_and_the_other_not_is_no_difference_between_them() -> None:
    found = interaction_test(["women", "men"], np.array([0.06, 0.03]), np.array([0.025, 0.025]))
    assert 0.06 / 0.025 > 1.96 > 0.03 / 0.025
    assert found.p_value == pytest.approx(0.396, abs=0.001)
    assert found.pairs[0][3] < 0 < found.pairs[0][4]


def test_shares_agree_with_statsmodels() -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

    for events, people in ((0, 10), (3, 7), (50, 50)):
        assert wilson_interval(events, people) == pytest.approx(
            proportion_confint(events, people, method="wilson"), abs=1e-12
        )
    theirs = confint_proportions_2indep(8, 12, 3, 15, method="newcomb")
    assert newcombe_difference(8, 12, 3, 15)[1:] == pytest.approx(theirs, abs=1e-12)
    with pytest.raises(NotEstimable):
        wilson_interval(3, 2)


def test_standardised_differences_are_borensteins() -> None:
    assert hedges_g(103, 100, 5.5, 4.5, 50, 50).g == pytest.approx(0.5924415802580191)
    assert hedges_g_paired(103, 100, 5.5, 0.7, 50).g == pytest.approx(0.4160071622219995)
    low, high = hedges_g(103, 100, 5.5, 4.5, 50, 50).interval()
    assert low == pytest.approx(0.1949, abs=1e-4)
    assert high == pytest.approx(0.9900, abs=1e-4)


def test_the_power_table_is_that_of_the_methods() -> None:
    table = power_table()
    assert table["retention_points"].round(1).to_list() == [22.1, 17.1, 12.1, 8.6, 6.1, 4.3, 3.0]
    assert table["promotion_points"].round(1).to_list() == [20.1, 15.6, 11.0, 7.8, 5.5, 3.9, 2.8]
    assert table["survey_sd"].round(2).to_list() == [0.47, 0.37, 0.26, 0.18, 0.13, 0.09, 0.06]
    assert [round(events_needed(r)) for r in (0.5, 0.6, 0.7, 0.75, 0.8)] == [102, 188, 386, 593, 985]


def test_the_smallest_detectable_effect_is_seen_four_times_in_five() -> None:
    smallest = detectable_share(200, 0.85)
    assert power_for_share(smallest, 200, 0.85) == pytest.approx(0.8, abs=1e-4)
    assert mentees_needed(smallest, 0.85) in {200, 201}
    assert power_for_share(0, 200, 0.85) == pytest.approx(0.05)
    assert detectable_from_error(1.0) == pytest.approx(2.8016, abs=1e-4)


def test_negative_controls_and_unequal_answers() -> None:
    assert NegativeControl("site closed", 0.04, 0.01).p_value < 0.001
    assert response_gap(80, 100, 60, 100) == pytest.approx(0.2)
    assert response_bounds(4.0, 3.0, 1.0, 1.0, 1, 5) == pytest.approx((1.0, 1.0))
    low, high = response_bounds(4.0, 3.0, 0.5, 0.5, 1, 5)
    assert low < 1.0 < high


def test_a_share_that_rises_is_planned_with_its_own_variance() -> None:
    """From 12 to 22 % half and half, by simulation 220 a side; with the variance of 12 % in both arms it would be 166."""
    plan = StudyPlan(ratio=1, design_effect=1)
    assert mentees_to_see(0.10, 0.12, plan) == 218
    assert mentees_needed(0.10, 0.12, ratio=1, design_effect=1) == 166
    assert chance_to_see(0.10, 218, 0.12, plan) == pytest.approx(0.8, abs=0.003)
    assert smallest_change(218, 0.12, plan) == pytest.approx(0.10, abs=2e-4)


@pytest.mark.parametrize(("base", "rise", "mentees", "ratio"), [(0.12, 0.087, 440, 3.0), (0.12, 0.10, 150, 1.0), (0.85, 0.05, 400, 3.0), (0.05, 0.05, 300, 1.0)])  # fmt: skip
def test_the_planned_chance_is_the_one_that_simulated_programmes_have(
    base: float, rise: float, mentees: int, ratio: float
) -> None:
    rng = np.random.default_rng(11)
    others = int(mentees * ratio)
    treated, compared = (
        rng.binomial(mentees, base + rise, 20_000) / mentees,
        rng.binomial(others, base, 20_000) / others,
    )
    error = np.sqrt(treated * (1 - treated) / mentees + compared * (1 - compared) / others)
    seen = (np.abs(treated - compared) > 1.96 * error).mean()
    assert chance_to_see(rise, mentees, base, StudyPlan(ratio, 1.0)) == pytest.approx(seen, abs=0.02)


def test_the_planned_chance_holds_where_whole_sites_are_drawn() -> None:
    """Twenty sites of thirty people, alike by .05, ten with places: the mean of sites compared by a t test."""
    rng = np.random.default_rng(12)
    sites, size, base, rise, alike = 20, 30, 0.4, 0.15, 0.05
    share = 1 / alike - 1
    seen = []
    for _ in range(4000):
        level = np.where(np.arange(sites) < sites // 2, base + rise, base)
        drawn = rng.beta(level * share, (1 - level) * share)
        means = rng.binomial(size, drawn) / size
        seen.append(stats.ttest_ind(means[: sites // 2], means[sites // 2 :]).pvalue < 0.05)
    plan = StudyPlan(1.0, 1.0, unit_size=size, likeness=alike)
    assert chance_to_see(rise, sites // 2 * size, base, plan) == pytest.approx(np.mean(seen), abs=0.05)


@given(st.floats(0.02, 0.9), st.floats(0.01, 0.09), st.floats(0.5, 4.0), st.floats(0.0, 0.6))
def test_more_missing_outcomes_never_need_fewer_mentees(base: float, rise: float, ratio: float, missing: float) -> None:
    whole, less = (mentees_to_see(rise, base, StudyPlan(ratio, 1.0, share)) for share in (0.0, missing))
    assert whole is not None
    assert less is not None
    assert whole <= less


def test_what_no_number_of_people_can_show_is_said() -> None:
    assert smallest_change(5, 0.95, StudyPlan(1.0, 1.0)) is None
    assert mentees_to_see(0.02, 0.5, StudyPlan(1.0, 1.0, unit_size=100, likeness=0.3), most=1000) is None
    with pytest.raises(ValueError, match="can't change by"):
        chance_to_see(0.2, 100, 0.9, StudyPlan())
