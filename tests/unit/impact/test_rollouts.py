"""Staggered rollouts: what is said where everybody starts in the end and the lot says when."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.intention_to_treat import estimate_intention_to_treat
from pipelines.impact.looks import Early, Look
from pipelines.impact.rating import rate
from pipelines.impact.rollouts import NO_COVARIATES, Rollout, rollout_rows

SCORE = Outcome("confidence", "Confidence", "points", horizon_months=6, is_primary=True)
STARTS = (date(2025, 1, 1), date(2025, 7, 1), date(2026, 1, 1))
ASKED = [date(2024, 12, 1), date(2025, 3, 15), date(2025, 6, 15), date(2025, 9, 15), date(2025, 12, 15), date(2026, 3, 15)]  # fmt: skip


def rollout(seed: int, effect: float, *, people: int = 120, sites: int | None = None, starts: tuple[date | None, ...] = STARTS) -> Rollout:  # fmt: skip
    """People (or whole sites) drawn to starts, asked on the same days, with a level of their own and a year in which everybody gets better."""
    generator = np.random.default_rng(seed)
    units = sites or people
    start_of_unit = generator.permutation(np.arange(units) % len(starts))
    unit = np.arange(people) % units
    own = generator.normal(size=people) + (0.5 * generator.normal(size=units)[unit] if sites else 0.0)
    began = [starts[place] for place in start_of_unit[unit]]
    rows = [
        {"outcome": "confidence", "person_key": f"p{i}", "answered_on": day, "value": own[i] + 0.4 * wave + 0.7 * generator.normal() + effect * bool(began[i] and day >= began[i])}
        for wave, day in enumerate(ASKED)
        for i in range(people)
    ]  # fmt: skip
    drawn = pl.DataFrame(
        {"person_key": [f"p{i}" for i in range(people)], "unit_id": [f"u{place}" for place in unit], "starts_on": began},
        schema_overrides={"starts_on": pl.Date},
    )  # fmt: skip
    drawn = drawn.with_columns(stratum=pl.lit(None, pl.String), began_date=pl.col("starts_on"))
    return Rollout("p:starts", drawn, pl.DataFrame(rows))


def only(made: Rollout, outcome: Outcome = SCORE) -> dict:
    (row,) = rollout_rows(made, outcome)
    return row


def test_a_planted_effect_is_found_though_everybody_gets_better_and_starts_in_the_end() -> None:
    found = [only(rollout(seed, 0.5)) for seed in range(90_000, 90_030)]
    estimates = np.array([row["estimate"] for row in found])
    assert abs(estimates.mean() - 0.5) < 3 * estimates.std() / np.sqrt(estimates.size)
    covered = np.mean([row["ci_low"] <= 0.5 <= row["ci_high"] for row in found])
    assert covered >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / len(found))
    assert {row["design"] for row in found} == {"staggered"}


@pytest.mark.parametrize(("sites", "starts"), [(None, STARTS), (9, STARTS), (12, (*STARTS, None))])
def test_without_an_effect_it_is_called_caused_in_one_of_twenty_at_most(sites: int | None, starts: tuple) -> None:
    runs = 120
    said = [only(rollout(seed, 0.0, people=90, sites=sites, starts=starts))["verdict"] for seed in range(91_000, 91_000 + runs)]  # fmt: skip
    assert said.count("caused") / runs <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


def test_of_two_starts_it_is_the_lottery_of_the_first_with_the_others_on_the_waiting_list() -> None:
    made = rollout(5, 0.4, starts=STARTS[:2])
    early = pl.col("starts_on") == STARTS[0]
    drawn = made.drawn.with_columns(arm=pl.when(early).then(pl.lit("mentoring")).otherwise(pl.lit("control")))
    before = made.answers.filter(pl.col("answered_on") == ASKED[0]).select("person_key", baseline_value="value")
    seen = made.answers.filter(pl.col("answered_on") == ASKED[2]).join(before, on="person_key").select(
        "person_key", pl.lit(1).alias("wave_no"), pl.lit("w").alias("wave_label"), pl.lit(value=True).alias("is_exposed"),
        pl.lit(6.0).alias("months_since_start"), pl.col("value").alias("outcome_value"), "baseline_value",
    )  # fmt: skip
    lottery = estimate_intention_to_treat(drawn.select("person_key", "arm", "unit_id", "stratum"), seen, NO_COVARIATES, SCORE)  # fmt: skip
    found = only(made)
    for name in ("estimate", "std_error", "ci_low", "ci_high", "n_treated", "n_control", "verdict"):
        expected = lottery[name][0]
        assert found[name] == (expected if isinstance(expected, str) else pytest.approx(expected, abs=1e-12)), name


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), shift=st.floats(-50, 50))
def test_nobody_who_has_started_is_anybodys_comparison(seed: int, shift: float) -> None:
    made = rollout(seed, 0.3, people=36)
    dated = made.answers.join(made.drawn.select("person_key", "starts_on"), on="person_key")
    over = pl.col("answered_on") > pl.col("starts_on").dt.offset_by("6mo")
    moved = dated.with_columns(pl.when(over).then(pl.col("value") + shift).otherwise(pl.col("value")).alias("value"))
    assert only(replace(made, answers=moved.select(made.answers.columns))) == only(made)


def test_who_waits_through_two_starts_counts_at_both_and_their_site_is_one() -> None:
    found = only(rollout(3, 0.2, people=90, sites=9))
    assert (found["drawn_treated"], found["drawn_control"]) == (60, 90)
    assert found["clusters"] == 9
    assert found["p_randomisation"] is not None
    assert rate(found, ()).points == 3, "few units"


def test_people_who_fall_silent_are_counted_and_cost_the_rating() -> None:
    made = rollout(4, 0.2)
    some = pl.col("person_key").is_in([f"p{i}" for i in range(50)]) & (pl.col("answered_on") > STARTS[0])
    silent = only(replace(made, answers=made.answers.filter(~some)))
    assert silent["n_treated"] + silent["n_control"] < silent["drawn_treated"] + silent["drawn_control"]
    assert silent["bound_low"] < silent["estimate"] < silent["bound_high"]
    assert rate(silent, ()).points < 5


def test_what_cannot_be_compared_says_why() -> None:
    made = rollout(6, 0.2)
    long = only(made, replace(SCORE, horizon_months=13))
    assert "nobody waits as long as the declared horizon of 13 months: the last start is 12 months after" in long["reasons"][0]  # fmt: skip
    assert long["verdict"] == "refused"
    assert long["estimate"] is None
    assert rollout_rows(made, replace(SCORE, outcome="retained_12m")) == [], "compared without its lot"
    torn = only(replace(rollout(3, 0.2, sites=9), drawn=rollout(3, 0.2, sites=9).drawn.with_columns(unit_id=pl.lit("one site"))))  # fmt: skip
    assert "people of one unit were drawn to different starts (1 unit)" in torn["reasons"][0]
    waits = replace(made, looks={"confidence": Early(date(2026, 2, 1))})
    assert only(waits)["reasons"] == ["it is judged first on 1 February 2026, as declared"]
    assert "nobody who was drawn answered" in only(replace(made, answers=made.answers.clear()))["reasons"][0]


def test_it_rests_on_what_was_known_on_the_day_of_its_look() -> None:
    made = rollout(7, 0.2)
    look = Look(1, date(2025, 8, 1), 0.05, 1)
    known = made.answers.filter(pl.col("answered_on") <= look.on)
    at_look, cut = only(replace(made, looks={"confidence": look})), only(replace(made, answers=known))
    assert at_look["estimate"] == cut["estimate"]
    assert at_look["looked_on"] == look.on
