"""The demo company: deterministic bytes, plausible careers, a planted truth that naive comparisons miss."""

import io
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from pipelines.demo.careers import simulate
from pipelines.demo.clock import MONTHS
from pipelines.demo.company import build, generate
from pipelines.demo.questions import SETS
from pipelines.demo.survey_catalogue import catalogue
from pipelines.demo.surveys import _traits

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[3] / "data/examples/demo_company"


def test_the_same_seed_gives_the_same_bytes(demo):
    assert build(2026, 1.0)[0] == demo


def test_another_seed_gives_other_people(demo):
    other = build(7, 0.2)[0]
    assert other["hris_hq/employees.json"] != demo["hris_hq/employees.json"]


def test_a_second_generation_finds_its_marker_and_changes_nothing(tmp_path):
    first = generate(tmp_path, seed=5, scale=0.2)
    stamps = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}
    second = generate(tmp_path, seed=5, scale=0.2)
    assert first.is_new and not second.is_new and first.digest == second.digest
    assert stamps == {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*") if p.is_file()}


def test_a_smaller_company_leaves_no_file_of_the_larger_behind(tmp_path):
    generate(tmp_path, seed=5, scale=0.4)
    summary = generate(tmp_path, seed=5, scale=0.2)
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == summary.files + 1


def test_the_company_has_about_the_promised_size(demo):
    employees = json.loads(demo["hris_hq/employees.json"])["data"]
    products = demo["hris_products/personalstamm.csv"].decode("cp1252").split("\r\n")
    assert 1150 <= len(employees) <= 1260
    assert 330 <= len(products) <= 370
    assert 220 <= demo["students/users.csv"].count(b"\n") + 84 <= 300


def test_nobody_stands_in_their_own_reporting_line():
    careers = simulate(2026, 1.0)
    for month in range(0, MONTHS, 3):
        employed = np.flatnonzero(careers.active_at(month))
        rank, manager = careers.rank_at[month], careers.manager_at[month]
        boss = manager[employed]
        below_the_top = rank[employed] < 9
        # a manager stands strictly above, so that no line can return to where it began
        assert (rank[boss[below_the_top]] > rank[employed[below_the_top]]).all()


def test_display_names_are_unique_so_that_a_manager_given_by_name_is_one_person(demo):
    employees = json.loads(demo["hris_hq/employees.json"])["data"]
    names = [e["displayName"] for e in employees if e["employeeId"].isdigit() and e["employeeId"] < "9000"]
    assert len(names) == len(set(names)) + 0


def test_every_manager_named_in_a_job_row_works_at_headquarters(demo):
    names = {e["displayName"] for e in json.loads(demo["hris_hq/employees.json"])["data"]}
    assert {j["reportsTo"] for j in json.loads(demo["hris_hq/tables_jobInfo.json"])} - {""} <= names


def test_naive_gaps_exceed_the_truth_by_twenty_points(truth):
    gaps = truth["naive"]["still_employed_gap_points"]
    for programme in ("inclusive_leadership", "project_confidence"):
        true_effect = truth["programmes"][programme]["retained_12m_effect_points"]
        assert gaps[programme] - true_effect >= 20
    assert gaps["any_programme"] - 4.3 >= 20


def test_project_confidence_truly_does_nothing_for_retention(truth, outcomes):
    own = outcomes.filter(pl.col("programme_id") == "project_confidence").drop_nulls("retained_12m_if_not")
    assert truth["programmes"]["project_confidence"]["retained_12m_effect_points"] == 0
    assert (own["retained_12m_if_mentored"] == own["retained_12m_if_not"]).all()


def test_mentoring_makes_nobody_leave_who_would_have_stayed(outcomes):
    known = outcomes.drop_nulls("retained_12m_if_not")
    assert not (known["retained_12m_if_not"] & ~known["retained_12m_if_mentored"]).any()


def test_lottery_arms_are_equal_in_size_within_strata_and_balanced_before_the_start(outcomes):
    drawn = outcomes.drop_nulls("arm")
    assert drawn["arm"].value_counts(sort=True)["count"].to_list() == [160, 160]
    careers = simulate(2026, 1.0)
    lottery = next(i for i in careers.intakes if i.arms is not None)
    for stratum in np.unique(lottery.strata):
        inside = lottery.arms[lottery.strata == stratum]
        assert abs((inside == "mentoring").sum() - (inside == "control").sum()) <= 1
    for trait in (careers.staff.engagement, careers.staff.performance):
        values = trait[lottery.applicants]
        treated, control = values[lottery.arms == "mentoring"], values[lottery.arms == "control"]
        assert abs(treated.mean() - control.mean()) / values.std() < 0.25


def test_simulated_outcomes_of_the_lottery_agree_with_what_the_files_say(demo, outcomes):
    """The arm's share still employed after 12 months, counted from BambooHR's and the products unit's files, is the planted one."""
    statuses = json.loads(demo["hris_hq/tables_employmentStatus.json"])
    numbers = {e["employeeId"]: e["employeeNumber"] for e in json.loads(demo["hris_hq/employees.json"])["data"]}
    last_day = {numbers.get(s["employeeId"]): s["date"] for s in statuses if s["employmentStatus"] == "Terminated"}
    for line in demo["hris_products/personalstamm.csv"].decode("cp1252").split("\r\n")[4:]:
        cells = line.split(";")
        if len(cells) == 12 and not cells[5].endswith("9999"):
            last_day[cells[0]] = "-".join(reversed(cells[5].split(".")))
    drawn = outcomes.drop_nulls("arm")
    seen = [last_day.get(number, "9999") >= "2025-09-01" for number in drawn["employee_number"]]
    planted = drawn.select(
        pl.when("is_enrolled").then("retained_12m_if_mentored").otherwise("retained_12m_if_not")
    ).to_series()
    assert planted.to_list() == seen


def test_the_survey_catalogue_describes_the_files_that_are_written(demo):
    content = yaml.safe_load((EXAMPLE / "mappings/surveys.yaml").read_text(encoding="utf-8"))
    listed = {entry["file"]: entry for entry in content["surveys"]}
    written = {
        n.split("/")[1] for n in demo if n.startswith("surveys/") and n.endswith(".csv") and "distribution" not in n
    }
    assert set(listed) == written
    for survey in catalogue():
        entry = listed[survey.file]
        assert (entry["survey_id"], entry["wave_no"], entry["respondent_role"], tuple(entry["questions"])) == (
            survey.survey_id, survey.wave_no, survey.role, survey.sets,
        )  # fmt: skip
    for name, questions in SETS.items():
        for question in questions:
            spec = content["question_sets"][name][question.import_id]
            assert (spec["stable_code"], spec["scale_min"], spec["scale_max"], spec["reverse_scored"]) == (
                question.code, question.low, question.high, question.is_reversed,
            )  # fmt: skip


def test_an_anonymous_survey_names_nobody(demo):
    rows = demo["surveys/NH-pulse-2026-09.csv"].decode().split("\n")
    reference = rows[0].split(",").index("ExternalReference")
    assert {row.split(",")[reference] for row in rows[3:] if row} == {""}


def test_the_forming_cohort_is_short_of_seats(demo):
    rows = pl.read_csv(io.BytesIO(demo["platform/applications.csv"].split(b"\n", 1)[1]), infer_schema_length=0)
    forming = rows.filter(pl.col("cohort_id") == "IL-2026")
    sought = dict(forming.group_by("role").len().iter_rows())
    seats = forming["capacity"].cast(pl.Int64).sum()
    assert sought == {"mentee": 90, "mentor": 40}
    assert 60 <= seats < 90


@pytest.mark.parametrize("programme", sorted(p.stem for p in (EXAMPLE / "programmes").glob("*.yaml")))
def test_cohorts_of_a_programme_file_are_those_of_the_files(demo, programme):
    content = yaml.safe_load((EXAMPLE / f"programmes/{programme}.yaml").read_text(encoding="utf-8"))
    rows = pl.read_csv(io.BytesIO(demo["platform/applications.csv"].split(b"\n", 1)[1]), infer_schema_length=0)
    found = set(rows.filter(pl.col("programme_id") == programme)["cohort_id"])
    assert found == {cohort["cohort_id"] for cohort in content["cohorts"]}


def test_a_person_beyond_the_usual_number_has_a_trait_and_nobody_elses_changes() -> None:
    """Companies of a hundred times the size are made for measuring; the first people in them are the small one's."""
    few, many = np.array([3, 1_000_002]), np.array([3, 1_000_002, 45_000, 2_050_000])
    assert _traits(many, 2026, "skill")[:2].tolist() == _traits(few, 2026, "skill").tolist()
