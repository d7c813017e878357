"""Measures that are kept of everybody, wave by wave: what is planted is found, and what everybody went through isn't taken for it."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from pipelines.impact import NotEstimable, Outcome, judge_comparison
from pipelines.impact.wave_estimates import estimate_by_waves

OUTCOME = Outcome("index", "Index", "points", kind="measure", horizon_months=12)


def made(effect: float, *, people: int = 400, dip: float = 0.0, seed: int = 4) -> pl.DataFrame:
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
    ).with_columns(is_by_lot=pl.lit(value=False))  # fmt: skip


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
