"""A short form of `make simulate`: few enough companies for a test run, bars wide enough for their number; the long one is a command."""

from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from pipelines.impact import emulate, judge_comparison
from pipelines.impact.rules import Evidence
from tests.reference import fixed_company
from tests.reference.bars import FORMS, judge_bars
from tests.reference.companies import SETTINGS, Setting, make_company
from tests.reference.simulate import one_company, one_run, summarise
from tests.reference.surveys import SURVEYS, SurveySetting, make_survey, since_last_survey

RUNS = {
    "base": 30,
    "null": 30,
    "small_null": 60,
    "tiny": 80,
    "tiny_null": 80,
    "survey": 60,
    "survey_small_null": 60,
    "survey_dip_null": 30,
}


@pytest.fixture(scope="module")
def runs() -> pl.DataFrame:
    tasks = [(setting, 1000 + i) for setting, count in RUNS.items() for i in range(count)]
    with ThreadPoolExecutor(2) as pool:
        return pl.DataFrame(list(pool.map(one_run, tasks)), infer_schema_length=None)


def failed(runs: pl.DataFrame) -> list[str]:
    found = {str(row["setting"]): row for row in summarise(runs).iter_rows(named=True)}
    return [str(result) for result in judge_bars(found, FORMS["short"]) if not result.passed]


def test_bias_coverage_false_alarms_and_false_support_are_within_their_bars(runs: pl.DataFrame) -> None:
    assert failed(runs) == []
    settings = {
        result.setting
        for result in judge_bars({str(r["setting"]): r for r in summarise(runs).iter_rows(named=True)}, FORMS["short"])
    }
    assert settings == set(RUNS)


@pytest.mark.parametrize(
    ("wrong", "bar"),
    [
        ({"retention_low": pl.col("retention") - 0.5 * (pl.col("retention") - pl.col("retention_low")),
          "retention_high": pl.col("retention") + 0.5 * (pl.col("retention_high") - pl.col("retention"))}, "retention_coverage"),
        ({"promotion_error": 1.7 * pl.col("promotion_error")}, "promotion_error_ratio"),
        ({"retention": pl.col("retention") + 0.03}, "retention_bias"),
        ({"retention_verdict": pl.lit("supported")}, "retention_supported"),
        ({"retention_naive": pl.col("retention_truth") + 0.1}, "retention_naive_off"),
        ({"gate_fired": 1 - pl.col("gate_fired")}, "gate_fired"),
    ],
)  # fmt: skip
def test_the_bars_fall_when_an_estimator_goes_wrong(runs: pl.DataFrame, wrong: dict[str, pl.Expr], bar: str) -> None:
    assert any(bar in line for line in failed(runs.with_columns(**wrong)))


def test_surveys_repeat_with_their_seed_and_the_last_survey_before_joining_misleads() -> None:
    dipped = make_survey(SURVEYS["survey_dip_null"], 3)
    assert dipped.equals(make_survey(SURVEYS["survey_dip_null"], 3))
    assert since_last_survey(dipped) > 0.25
    assert since_last_survey(make_survey(SurveySetting(effect=0.0), 3)) < 0


def test_a_company_repeats_with_its_seed_and_its_truth_needs_an_effect() -> None:
    first, again = make_company(SETTINGS["small"], 7), make_company(SETTINGS["small"], 7)
    assert first.staff.equals(again.staff)
    assert first.retention == again.retention > 0.02
    assert make_company(Setting(hires=200, exit_ratio=1.0, promotion_ratio=1.0), 1).retention == 0


def test_people_promoted_before_they_start_are_not_mentees_of_the_promotion_trial() -> None:
    staff = make_company(SETTINGS["small"], 3).staff
    trials = emulate(*fixed_company.before_first_promotion(staff), fixed_company.TRIAL)
    earlier = staff.filter((pl.col("promo_month") >= 0) & (pl.col("promo_month") < pl.col("enrol_month"))).height
    assert earlier > 0
    assert (trials.off_record, trials.ineligible) == (0, earlier)


def test_a_start_that_lies_outside_the_record_is_counted_as_a_wrong_date() -> None:
    staff = make_company(SETTINGS["small"], 3).staff
    people = fixed_company.people(staff)
    gone = people.filter(pl.col("event_month") < 20).sort("person_key")["person_key"][:3]
    late = people.with_columns(
        start_month=pl.when(pl.col("person_key").is_in(gone.to_list())).then(22).otherwise(pl.col("start_month"))
    )
    assert emulate(fixed_company.panel(staff), late, fixed_company.TRIAL).off_record == 3


def test_evidence_from_a_trial_is_complete_enough_to_judge() -> None:
    row = one_company(("base", 1001))
    assert {row["retention_verdict"], row["promotion_verdict"]} <= {"supported", "suggestive", "not_detected"}
    assert judge_comparison(Evidence("one_group", "x", "points", 1, 0.5, 1.5, 100)).verdict == "refused"
