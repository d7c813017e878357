"""Measures that are kept of everybody, wave by wave: what is planted is found, and what everybody went through isn't taken for it."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from pipelines.impact import NotEstimable, Outcome, judge_comparison
from pipelines.impact.estimate_rows import with_verdict
from pipelines.impact.rating import bounded_by_rating, rate
from pipelines.impact.wave_estimates import estimate_by_waves

OUTCOME = Outcome("index", "Index", "points", kind="measure", horizon_months=12)


def made(effect: float, *, people: int = 400, dip: float = 0.0, seed: int = 4, measure: str = "index") -> pl.DataFrame:
    """Ten quarterly waves; a third joins in wave 5, the better ones rather; wave 6 is a slump for all; `dip`: joiners answer lower just before."""
    rng = np.random.default_rng(seed)
    level = rng.normal(size=people)
    joins = rng.random(people) < 1 / (1 + np.exp(1 - level))
    began = date(2025, 2, 1)
    rows = []
    for person in range(people):
        for wave in range(10):
            asked = date(2023 + (wave + 3) // 4, 3 * ((wave + 3) % 4) + 1, 20)
            value = level[person] + 0.3 * rng.normal() - 0.5 * (wave >= 6)
            value += effect * (joins[person] and asked > began) - dip * (joins[person] and wave == 4)
            answered = rng.random() < 0.85
            rows.append(
                (
                    f"p{person}",
                    wave,
                    asked,
                    value if answered else None,
                    began if joins[person] else None,
                    5 if joins[person] else None,
                )
            )
    return pl.DataFrame(
        rows, schema=["person_key", "wave", "asked_on", "value", "began_date", "start_wave"], orient="row"
    ).with_columns(is_by_lot=pl.lit(value=False), measure=pl.lit(measure))  # fmt: skip


def test_the_planted_change_is_found_and_neither_level_nor_slump_is_taken_for_it() -> None:
    found = estimate_by_waves(made(0.25), OUTCOME)
    assert found.row["ci_low"] < 0.25 < found.row["ci_high"]
    assert found.row["raw_gap"] > 0.6
    assert judge_comparison(found.evidence).verdict == "supported"
    assert "to leave no clear difference" in found.row["sensitivity_words"]


def test_without_a_change_nothing_is_detected() -> None:
    found = estimate_by_waves(made(0.0), OUTCOME)
    assert judge_comparison(found.evidence).verdict == "not_detected"
    assert "already includes no effect" in found.row["sensitivity_words"]


def test_joining_after_a_bad_wave_refuses_the_design() -> None:
    verdict = judge_comparison(estimate_by_waves(made(0.0, dip=0.6), OUTCOME).evidence)
    assert verdict.verdict == "not_supported"
    assert "already moving differently" in verdict.reasons[0]


def test_places_drawn_by_lot_are_left_to_the_lot() -> None:
    drawn = made(0.25).with_columns(is_by_lot=pl.col("began_date").is_not_null())
    with pytest.raises(NotEstimable):
        estimate_by_waves(drawn, OUTCOME)


def test_waves_beyond_the_horizon_do_not_count() -> None:
    long, short = (
        estimate_by_waves(made(0.25), Outcome("index", "Index", "points", kind="measure", horizon_months=h))
        for h in (12, 3)
    )
    assert long.steps["event_time"].max() > short.steps["event_time"].max()


def both(of_control: float) -> pl.DataFrame:
    """The index, and pay in the same waves, moved by `of_control`."""
    return pl.concat([made(0.25), made(of_control, seed=9, measure="pay")])


def test_the_declared_control_is_compared_in_the_same_waves_and_can_clear_the_change() -> None:
    found = estimate_by_waves(both(0.0), OUTCOME, negative_control="pay")
    assert found.row["negative_control"] == "pay in the same waves"
    assert found.row["negative_control_p"] == found.evidence.negative_control_p > 0.05
    assert found.row["negative_control_ratio"] == pytest.approx(1, abs=0.4)
    judged = with_verdict(found.row, judge_comparison(found.evidence))
    assert "an outcome that the programme can't have moved" in rate(judged, ()).words
    assert bounded_by_rating(judged, rate(judged, ()))["verdict"] == "supported"


def test_a_control_that_moved_too_takes_supported_away() -> None:
    found = estimate_by_waves(both(0.25), OUTCOME, negative_control="pay")
    verdict = judge_comparison(found.evidence)
    assert verdict.verdict == "suggestive"
    assert "also differ in pay in the same waves" in verdict.reasons[0]


def test_without_a_control_that_is_kept_in_waves_the_change_stays_at_most_suggestive_and_says_so() -> None:
    for waves in (
        made(0.25),
        pl.concat([made(0.25), made(0.0, measure="pay").with_columns(value=pl.lit(None, pl.Float64))]),
    ):
        found = estimate_by_waves(waves, OUTCOME, negative_control="pay")
        assert found.row.get("negative_control_p") is None
        verdict = judge_comparison(found.evidence)
        judged = with_verdict(found.row, verdict)
        assert bounded_by_rating(judged, rate(judged, ()))["verdict"] == "suggestive"
        assert "no outcome that the programme can't have moved was available" in verdict.untested


@pytest.mark.parametrize(
    "waves",
    [
        made(0.25).clear(),
        made(0.25).with_columns(value=pl.lit(None, pl.Float64)),
        made(0.25).with_columns(measure=pl.lit("another")),
    ],
)
def test_waves_in_which_nobody_answered_are_told_not_estimable(waves: pl.DataFrame) -> None:
    with pytest.raises(NotEstimable):
        estimate_by_waves(waves, OUTCOME)
