"""Data and files that would make a careless judge say something: what may be said of each was written down first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipelines.contracts.declared_outcomes import DeclarationError, Outcome, read_declaration
from pipelines.impact.attrition import Loss
from pipelines.impact.intention_to_treat import estimate_intention_to_treat
from pipelines.impact.programme_effects import ProgrammeData, programme_effects
from pipelines.impact.verdicts import judge_randomised
from tests.reference.claims_of_comparisons import BLOCK, NO_WAVES
from tests.reference.firms import FIRST, INDEPENDENT, Firm, make_firm
from tests.unit.impact.test_lotteries import SEEN

NAN, INFINITE = float("nan"), float("inf")
PEOPLE = 200
ARMS = ["mentoring", "control"] * (PEOPLE // 2)
MOVED = np.random.default_rng(60_001).normal(size=PEOPLE) + (np.arange(PEOPLE) % 2 == 0)
SCORE, ANSWER = Outcome("y", "Y", "points"), Outcome("y", "Y", "share", "yes_no")


def lottery(
    values: np.ndarray,
    outcome: Outcome = SCORE,
    arms: list[str | None] | None = None,
    baseline: list[float] | None = None,
    covariate: list[float] | None = None,
    units: list[str] | None = None,
) -> dict[str, Any]:
    """The row of a made-up lottery of 200."""
    people = [f"p{number}" for number in range(PEOPLE)]
    drawn = pl.DataFrame({"person_key": people, "arm": arms or ARMS, "unit_id": units or people}).with_columns(stratum=pl.lit(None, pl.String))  # fmt: skip
    seen = pl.DataFrame({"person_key": people, "outcome_value": np.asarray(values, dtype=float)}).with_columns(
        baseline_value=pl.Series(baseline or [None] * PEOPLE, dtype=pl.Float64), wave_no=pl.lit(1), wave_label=pl.lit("after"),
        is_exposed=pl.lit(value=True), months_since_start=pl.lit(12.0),
    )  # fmt: skip
    known = pl.DataFrame({"person_key": people, "value": covariate or [0.0] * PEOPLE}).with_columns(covariate=pl.lit("c"))  # fmt: skip
    declared = replace(outcome, covariates=("c",) if covariate else ())
    return estimate_intention_to_treat(drawn, seen, known, declared).row(0, named=True)


@pytest.mark.parametrize("value", [NAN, INFINITE])
def test_an_outcome_that_is_no_number_is_missing_and_counted_as_that(value: float) -> None:
    row = lottery(np.where(np.arange(PEOPLE) == 3, value, MOVED))
    assert (row["n_control"], row["drawn_control"]) == (99, 100)
    assert np.isfinite(row["estimate"])
    assert row["bound_low"] is not None


@pytest.mark.parametrize("value", [NAN, INFINITE, -INFINITE])
def test_what_was_known_before_and_is_no_number_is_missing_too(value: float) -> None:
    before = [value, *np.random.default_rng(2).normal(size=PEOPLE - 1)]
    assert np.isfinite(lottery(MOVED, baseline=before)["estimate"])
    assert np.isfinite(lottery(MOVED, covariate=before)["estimate"])


def test_a_covariate_that_is_the_same_for_all_costs_nobody_the_estimate() -> None:
    assert lottery(MOVED, covariate=[1.0] * PEOPLE)["verdict"] == "caused"


ONE_OF_A_SITE = [f"s{number // 50}" for number in range(PEOPLE)]
BY_SITE: list[str | None] = [name for name in ("mentoring", "mentoring", "control", "control") for _ in range(50)]
SAID = [
    ("one arm never answered", {"values": np.where(np.arange(PEOPLE) % 2 == 0, MOVED, NAN)}, "not_supported"),
    ("everybody says the same", {"values": np.ones(PEOPLE)}, "not_supported"),
    ("an arm is all yes, the other all no", {"values": np.arange(PEOPLE) % 2, "outcome": ANSWER}, "not_supported"),
    ("other answers than yes and no", {"values": np.arange(PEOPLE) % 3, "outcome": ANSWER}, "not_supported"),
    ("a share above one", {"values": 100 * MOVED, "outcome": replace(ANSWER, kind="share")}, "not_supported"),
    ("four events in one arm", {"values": (np.arange(PEOPLE) % 2 == 0) & (np.arange(PEOPLE) < 60) | (np.arange(PEOPLE) < 8), "outcome": ANSWER}, "not_supported"),
    ("a covariate is the draw itself", {"values": MOVED, "covariate": [1.0, 0.0] * (PEOPLE // 2)}, "not_supported"),
    ("four sites, two drawn", {"values": MOVED + np.repeat([1, 1, 0, 0], 50), "arms": BY_SITE, "units": ONE_OF_A_SITE}, "suggestive"),
    ("one site against three", {"values": MOVED, "arms": ["mentoring"] * 50 + ["control"] * 150, "units": ONE_OF_A_SITE}, "not_supported"),
    ("forty of one arm are silent", {"values": np.where((np.arange(PEOPLE) % 2 == 0) & (np.arange(PEOPLE) < 80), NAN, MOVED + np.arange(PEOPLE) % 2 * -1)}, "suggestive"),
    ("nineteen had no arm", {"values": MOVED, "arms": [None] * 19 + ARMS[19:]}, "caused"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "verdict"), [case[1:] for case in SAID], ids=[case[0] for case in SAID])
def test_a_lottery_says_no_more_than_it_bears(made: Mapping[str, Any], verdict: str) -> None:
    assert lottery(**made)["verdict"] == verdict


def test_what_cant_be_bounded_is_not_caused() -> None:
    missing = replace(SEEN, loss=Loss(200, 200, 198, 198), bounds=(None, None))
    assert judge_randomised(missing).verdict == "suggestive"


OUTCOME = {"outcome": "retained_12m", "label": "Still employed", "unit": "share", "kind": "share"}
FILES = [
    ("a control among the covariates", {"comparison": {"covariates": ["mood"], "negative_control": " Mood"}}, "also a covariate"),
    ("a control that is an outcome", {"comparison": {"negative_control": "retained_12m"}, "outcomes": [OUTCOME]}, "also an outcome"),
    ("a list of controls", {"comparison": {"negative_control": ["a"], "covariates": []}}, "isn't a name"),
    ("a covariate twice", {"comparison": {"covariates": ["mood", "mood"]}}, "declared twice"),
    ("outcomes that are no list", {"outcomes": OUTCOME}, "a list is needed"),
    ("outcomes that are names", {"outcomes": ["retained_12m"]}, "a list is needed"),
    ("a horizon other than the name's", {"outcomes": [{**OUTCOME, "outcome": "retained_6m", "horizon_months": 12}]}, "the outcome's name says 6"),
    ("a horizon that is yes", {"outcomes": [{**OUTCOME, "horizon_months": True}]}, "whole months"),
    ("everybody gets a place", {"draw_share": 1}, "draw_share"),
    ("looks that go back", {"looks": ["2026-06-30", "2025-06-30"]}, "must come after"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "said"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_a_file_that_would_mislead_is_refused_with_its_field(block: Mapping[str, Any], said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        read_declaration("p", block)


def test_the_horizon_is_the_one_that_the_outcomes_name_says() -> None:
    (outcome,) = read_declaration("p", {"outcomes": [{**OUTCOME, "outcome": "retained_6m"}]}).outcomes
    assert outcome.horizon_months == 6


@pytest.fixture(scope="module")
def firm() -> tuple[pl.DataFrame, pl.DataFrame]:
    return make_firm(Firm(exit_ratio=0.6, trait=0.0), 60_003)


def said(months: pl.DataFrame, readings: pl.DataFrame, block: Mapping[str, Any] = BLOCK) -> dict[str, Any]:
    data = ProgrammeData((), months, readings, NO_WAVES, has_other_cohorts=True)
    return programme_effects(read_declaration("p", block), data, is_registered=True).estimates.row(0, named=True)


def control_as(value: pl.Expr, readings: pl.DataFrame) -> pl.DataFrame:
    is_control = pl.col("measure") == INDEPENDENT
    return readings.with_columns(value_year_before=pl.when(is_control).then(value).otherwise("value_year_before"))


@pytest.mark.parametrize("value", [1.0, 0.1, NAN, INFINITE])
def test_a_control_that_doesnt_vary_or_is_no_number_tests_nothing(firm, value: float) -> None:
    """The same for all but for rounding: its error is nothing, and so any difference was one."""
    months, readings = firm
    row = said(months, control_as(pl.lit(value), readings))
    assert row["negative_control_p"] is None
    assert any("can't have moved" in words for words in row["untested"])


NO_FIGURE = [
    ("nobody leaves", lambda months: months.with_columns(leaves=pl.lit(value=False)), "nobody of the mentees had the event"),
    ("nobody begins", lambda months: months.with_columns(start_month=pl.lit(None, pl.Int64)), "Nobody began"),
    ("all begin before their record", lambda months: months.with_columns(start_month=pl.col("start_month") - 400), "Nobody began"),
    ("all begin at once", lambda months: months.with_columns(start_month=pl.lit(FIRST + 6, pl.Int64)), "somebody eligible who doesn't yet"),
    ("the window isn't over", lambda months: months.filter(pl.col("month") < FIRST + 8), "window isn't over"),
    ("nobody is on record", lambda months: months.clear(), "no comparison"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "reason"), [case[1:] for case in NO_FIGURE], ids=[case[0] for case in NO_FIGURE])
def test_a_record_that_cant_tell_gives_a_reason_and_no_figure(firm, change, reason: str) -> None:
    months, readings = firm
    row = said(change(months), readings)
    assert row["estimate"] is None
    assert any(reason in words for words in row["reasons"])


def test_covariates_that_are_no_numbers_leave_their_people_out_and_count_them(firm) -> None:
    months, readings = firm
    broken = readings.with_columns(value=pl.when(pl.col("person_key").str.ends_with("1")).then(NAN).otherwise("value"))
    row = said(months, broken)
    assert row["estimate"] is None
    assert row["excluded_starts"] > 0.1
