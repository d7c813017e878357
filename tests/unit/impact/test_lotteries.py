"""What a lottery's verdict asks for: all who were drawn, low loss, bounds, all looks counted, and enough units."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.impact import Outcome, estimate_intention_to_treat
from pipelines.impact.attrition import Loss, greatest_gap, is_low, lee_bounds
from pipelines.impact.randomisation import randomisation_p
from pipelines.impact.rating import bounded_by_rating, rate
from pipelines.impact.regression import least_squares
from pipelines.impact.verdicts import POLICY, DrawEvidence, judge_randomised

FULL = Loss(100, 100, 100, 100)
SEEN = DrawEvidence(1.0, 0.2, 0.6, 1.4, "points", FULL)


def drawn(value, unit=None, seed=0, people=200, waves=1, baseline=None):
    """A lottery of two arms; `value(treated, generator)` gives the outcomes of a wave, null for who doesn't answer."""
    generator = np.random.default_rng(seed)
    treated = np.arange(people) % 2 == 0 if unit is None else unit[1]
    keys = [f"p{i}" for i in range(people)]
    units = keys if unit is None else [str(name) for name in unit[0]]
    arms = ["mentoring" if one else "control" for one in treated]
    assignments = pl.DataFrame({"person_key": keys, "arm": arms, "unit_id": units}).with_columns(
        stratum=pl.lit(None, pl.String)
    )
    one = {"is_exposed": True, "months_since_start": 3.0}
    observations = pl.concat(
        pl.DataFrame({"person_key": keys, "outcome_value": value(treated, generator)}).with_columns(
            wave_no=pl.lit(wave), wave_label=pl.lit(f"wave {wave}"), baseline_value=pl.Series(baseline or [None] * people, dtype=pl.Float64),
            **{name: pl.lit(given) for name, given in one.items()},
        )
        for wave in range(1, waves + 1)
    ).drop_nulls("outcome_value")  # fmt: skip
    nothing = pl.DataFrame(schema={"person_key": pl.String, "covariate": pl.String, "value": pl.Float64})
    return estimate_intention_to_treat(assignments, observations, nothing, Outcome("y", "Y", "points"))


def test_the_boundary_of_loss_is_the_printed_table() -> None:
    table = {0.0: 0.057, 0.1: 0.063, 0.2: 0.054, 0.3: 0.041, 0.4: 0.026, 0.5: 0.01, 0.57: 0.0}
    assert {loss: greatest_gap(loss, POLICY.loss_boundary) for loss in table} == pytest.approx(table)
    assert greatest_gap(0.35, POLICY.loss_boundary) == pytest.approx(0.0335)
    assert not is_low(Loss(100, 100, 42, 42), POLICY.loss_boundary)


def test_half_of_the_answers_missing_isnt_caused_even_where_both_arms_miss_alike() -> None:
    assert judge_randomised(SEEN).verdict == "caused"
    assert judge_randomised(replace(SEEN, loss=Loss(100, 100, 42, 42), bounds=(1.0, 1.0))).verdict == "suggestive"
    assert judge_randomised(replace(SEEN, loss=Loss(100, 100, 85, 70), bounds=(0.6, 1.4))).verdict == "suggestive"


def test_bounds_that_hold_zero_take_caused_away() -> None:
    missing = Loss(100, 100, 97, 94)
    assert judge_randomised(replace(SEEN, loss=missing, bounds=(0.5, 1.2))).verdict == "caused"
    judged = judge_randomised(replace(SEEN, loss=missing, bounds=(0.2, 1.2)))
    assert judged.verdict == "suggestive"
    assert "allowing for those whose outcome isn't known" in judged.reasons[0]


def test_what_isnt_a_number_is_an_error_and_no_verdict() -> None:
    for name in ("estimate", "std_error", "ci_low", "ci_high"):
        with pytest.raises(ValueError, match="aren't numbers"):
            judge_randomised(replace(SEEN, **{name: float("nan")}))


def test_four_events_in_an_arm_are_too_few() -> None:
    assert judge_randomised(replace(SEEN, events=14, fewest_events=4)).verdict == "not_supported"
    assert judge_randomised(replace(SEEN, events=14, fewest_events=5)).verdict == "caused"


def test_with_six_drawn_sites_caused_is_out_of_reach() -> None:
    sites = np.repeat(np.arange(6), 40)
    row = drawn(
        lambda treated, generator: 5.0 * treated + generator.normal(size=240), (sites, sites % 2 == 0), people=240
    ).row(0, named=True)
    assert row["p_randomisation"] == pytest.approx(0.1)
    assert row["verdict"] != "caused"


def test_several_waves_are_corrected_together() -> None:
    rows = drawn(lambda treated, generator: 0.35 * treated + generator.normal(size=200), seed=4, waves=6)
    smallest = rows.sort("p_value").row(0, named=True)
    assert smallest["p_adjusted"] == pytest.approx(min(1.0, 6 * smallest["p_value"]))


def test_who_lacks_a_baseline_stays_in_and_the_drawn_are_told() -> None:
    before = [None if i % 3 == 0 else float(i % 7) for i in range(200)]
    row = drawn(
        lambda treated, generator: [
            None if i % 10 < 2 else float(v) for i, v in enumerate(treated + generator.normal(size=200))
        ],
        baseline=before,
    ).row(0, named=True)
    assert (row["drawn_treated"], row["drawn_control"], row["n_treated"], row["n_control"]) == (100, 100, 80, 80)
    assert row["overall_loss"] == pytest.approx(0.2)
    assert row["bound_low"] is not None and row["bound_low"] <= row["bound_high"]


@given(st.lists(st.floats(-10, 10), min_size=6, max_size=20), st.integers(0, 5))
def test_lee_bounds_hold_the_plain_difference_and_meet_without_loss(values: list[float], missing: int) -> None:
    treated, control = np.array(values), np.array(values[::-1]) * 0.5
    loss = Loss(treated.size, control.size + missing, treated.size, control.size)
    low, high = lee_bounds(treated, control, loss)
    plain = float(treated.mean() - control.mean())
    assert low - 1e-9 <= plain <= high + 1e-9
    if not missing:
        assert (low, high) == pytest.approx((plain, plain))


def test_few_treated_clusters_leave_few_degrees_of_freedom() -> None:
    generator = np.random.default_rng(1)
    clusters = np.repeat(np.arange(20), 15)
    treated = (clusters < 2).astype(float)
    fit = least_squares(
        generator.normal(size=300), {"constant": np.ones(300), "treated": treated}, clusters, few_clusters=True
    )
    assert 1.0 <= fit.degrees("treated") < 2.0


def false_alarms(sites: int, treated_sites: int, runs: int = 1_000) -> float:
    """Share of lotteries of whole sites without effect whose 95 % interval excludes zero."""
    generator = np.random.default_rng(7)
    found = 0
    clusters = np.repeat(np.arange(sites), 20)
    design = {"constant": np.ones(clusters.size), "treated": (clusters < treated_sites).astype(float)}
    for _ in range(runs):
        outcome = generator.normal(size=sites)[clusters] * 0.4 + generator.normal(size=clusters.size)
        low, high = least_squares(outcome, design, clusters, few_clusters=True).interval("treated")
        found += low > 0 or high < 0
    return found / runs


@pytest.mark.parametrize(("sites", "treated"), [(4, 2), (10, 2), (20, 2), (20, 10)])
def test_few_drawn_clusters_alarm_falsely_in_at_most_one_of_fifteen(sites: int, treated: int) -> None:
    assert false_alarms(sites, treated) <= 0.064  # 5 % and two Monte-Carlo errors of 0.7 points at 1,000 runs


def test_randomisation_inference_counts_the_draws_that_were_possible() -> None:
    means, sizes = np.array([3.0, 2.0, 1.0, 0.0]), np.ones(4)
    treated = np.array([True, True, False, False])
    assert randomisation_p(means, sizes, treated, np.array(["", "", "", ""])) == pytest.approx(2 / 6)
    assert randomisation_p(means, sizes, treated, np.array(["a", "b", "a", "b"])) == pytest.approx(2 / 4)


def test_the_rating_stays_word_for_word_when_every_outcome_is_turned_round() -> None:
    def rows(sign: float) -> list[dict]:
        return drawn(
            lambda treated, generator: [
                None if i % 9 == 0 else sign * float(v) for i, v in enumerate(treated + generator.normal(size=200))
            ]
        ).to_dicts()

    assert [rate(row, ()) for row in rows(1.0)] == [rate(row, ()) for row in rows(-1.0)]


@pytest.mark.parametrize(
    ("row", "adjusted", "points"),
    [
        ({"design": "one_group"}, (), 0),
        ({"design": "target_trial", "negative_control": None, "negative_control_p": None}, (), 1),
        (
            {
                "design": "target_trial",
                "negative_control": "commute",
                "negative_control_p": 0.5,
                "negative_control_ratio": 1.0,
            },
            (),
            2,
        ),
        (
            {
                "design": "target_trial",
                "negative_control": "commute",
                "negative_control_p": 0.5,
                "negative_control_ratio": 1.0,
            },
            ("commute",),
            1,
        ),
        (
            {
                "design": "target_trial",
                "negative_control": "commute",
                "negative_control_p": 0.01,
                "negative_control_ratio": 1.0,
            },
            (),
            1,
        ),
        ({"design": "target_trial", "negative_control": "commute", "negative_control_p": 0.5}, (), 1),
        (
            {
                "design": "target_trial",
                "negative_control": "commute",
                "negative_control_p": 0.5,
                "negative_control_ratio": 2.1,
            },
            (),
            1,
        ),
        (
            {
                "design": "target_trial",
                "negative_control": "mood a year before the start",
                "negative_control_p": 0.5,
                "negative_control_ratio": 1.0,
            },
            ("mood",),
            1,
        ),
        (
            {
                "design": "difference_in_differences",
                "negative_control": "commute",
                "negative_control_p": 0.5,
                "negative_control_ratio": 2.0,
                "pre_trend_p": 0.4,
                "placebo_p": 0.4,
                "placebo_ratio": 1.0,
            },
            (),
            3,
        ),
        ({"design": "difference_in_differences", "pre_trend_p": 0.4, "placebo_p": 0.4, "placebo_ratio": 2.1}, (), 1),
        ({"design": "difference_in_differences", "pre_trend_p": 0.4, "placebo_p": 0.04, "placebo_ratio": 1.0}, (), 1),
        ({"design": "difference_in_differences", "pre_trend_p": None, "placebo_p": 0.4, "placebo_ratio": 1.0}, (), 1),
        ({"design": "target_trial", "placebo_p": 0.4, "placebo_ratio": 1.0}, (), 2),
        ({"design": "target_trial", "placebo_p": 0.4}, (), 1),
        (
            {
                "design": "lottery",
                "drawn_treated": 100,
                "drawn_control": 100,
                "n_treated": 98,
                "n_control": 97,
                "clusters": 195,
            },
            (),
            5,
        ),
        (
            {
                "design": "lottery",
                "drawn_treated": 158,
                "drawn_control": 158,
                "n_treated": 114,
                "n_control": 90,
                "clusters": 204,
            },
            (),
            3,
        ),
        (
            {
                "design": "lottery",
                "drawn_treated": 100,
                "drawn_control": 100,
                "n_treated": 98,
                "n_control": 97,
                "clusters": 6,
            },
            (),
            3,
        ),
    ],
)
def test_the_rating_comes_from_design_loss_units_and_tests(row: dict, adjusted: tuple[str, ...], points: int) -> None:
    assert rate(row, adjusted).points == points


def test_a_check_that_wasnt_made_never_improves_a_verdict() -> None:
    row = {"design": "target_trial", "verdict": "supported", "negative_control": None, "negative_control_p": None}
    assert bounded_by_rating(row, rate(row, ()))["verdict"] == "suggestive"
    checked = {**row, "negative_control": "commute", "negative_control_p": 0.5, "negative_control_ratio": 1.0}
    assert bounded_by_rating(checked, rate(checked, ()))["verdict"] == "supported"


def test_a_control_that_is_known_of_next_to_nobody_clears_nobody() -> None:
    """Whatever else was tested: it saw only differences twice as large, in standard deviations, as the estimate itself could."""
    row = {"design": "target_trial", "verdict": "supported", "negative_control": "commute", "negative_control_p": 0.5, "negative_control_ratio": 2.5,
           "negative_exposure_p": 0.6, "negative_exposure_ratio": 1.0, "placebo_p": 0.5, "placebo_ratio": 1.0}  # fmt: skip
    judged = bounded_by_rating(row, rate(row, ()))
    assert judged["verdict"] == "suggestive"
    assert "clears nobody" in judged["reasons"][0]
