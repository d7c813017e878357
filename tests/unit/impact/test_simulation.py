"""A short form of `make simulate`: 40 companies with effect and 40 without, loose bounds; the long one is a command."""

from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from pipelines.impact import emulate, judge_comparison
from pipelines.impact.rules import Evidence
from tests.reference import fixed_company
from tests.reference.companies import SETTINGS, Setting, make_company
from tests.reference.simulate import one_company, summarise

COMPANIES = 40


@pytest.fixture(scope="module")
def summary() -> dict[str, dict]:
    tasks = [(setting, 1000 + i) for setting in ("base", "null") for i in range(COMPANIES)]
    with ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(one_company, tasks))
    found = summarise(pl.DataFrame(rows, infer_schema_length=None))
    return {row["setting"]: row for row in found.iter_rows(named=True)}


@pytest.mark.parametrize("setting", ["base", "null"])
def test_estimates_are_near_the_truth_and_intervals_hold_it(summary: dict, setting: str) -> None:
    row = summary[setting]
    assert abs(row["retention_bias_points"]) < 1.5
    assert row["retention_coverage"] >= 0.85
    assert abs(row["promotion_bias_points"]) < 2.0
    assert row["promotion_coverage"] >= 0.82


@pytest.mark.parametrize("setting", ["base", "null"])
def test_the_naive_gap_is_off_by_more_than_twenty_points(summary: dict, setting: str) -> None:
    assert summary[setting]["naive_off_by_points"] > 20


def test_a_programme_without_effect_is_seldom_called_supported(summary: dict) -> None:
    assert summary["null"]["supported"] <= 0.1
    assert summary["null"]["retention_detected"] <= 0.15


def test_the_second_method_finds_the_planted_hazard_ratio(summary: dict) -> None:
    assert summary["base"]["hazard_ratio"] == pytest.approx(0.75, abs=0.06)
    assert summary["null"]["hazard_ratio"] == pytest.approx(1.0, abs=0.07)


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
    verdict = one_company(("base", 1001))["verdict"]
    assert verdict in {"supported", "suggestive", "not_detected"}
    assert judge_comparison(Evidence("one_group", "x", "points", 1, 0.5, 1.5, 100)).verdict == "refused"
