"""The published trial's file as raw rows, without the connectors, so that the dbt models can be tested on it alone."""

from pathlib import Path
from typing import Any

import polars as pl

from tests.pipeline.scratch_warehouse import Rows, at, day

FILE = Path(__file__).resolve().parents[2] / "data/examples/kenya_mentoring_trial/bdj_dandora_core.csv"
COVARIATES = ("lage_b", "secondaryedu_b", "sec0_b", "sec1_b", "sec2_b", "sec3_b", "sec4_b", "I_emp_b")
ARMS = {2.0: "control", 3.0: "class", 4.0: "mentor"}


def add_kenya(rows: Rows) -> None:
    """Add programme, lottery, baseline interview and eight waves of weekly profit to `rows`."""
    panel = pl.read_csv(FILE)
    programme = {"programme_id": "kenya", "file_hash": "0" * 16, "kind": "1:1", "objective": "skill_building"}
    rows["programmes"].append(
        programme
        | {
            "name": "Kenya",
            "mission": "To reproduce print.",
            "population_person_kind": "external",
            "population_source_instance": "kenya",
            "population_rule": "Women in the baseline survey.",
            "start_date": day("2014-11-01"),
        }
    )
    rows["cohorts"].append(
        {
            "cohort_id": "dandora",
            "programme_id": "kenya",
            "name": "Dandora",
            "roster_date": day("2014-11-01"),
            "start_date": day("2014-11-01"),
            "end_date": day("2016-05-01"),
            "assignment_rule": "lottery",
            "status": "closed",
        }
    )
    for wave in range(8):
        _survey(rows, f"profit-{wave}-k", "weekly_profit", wave, ("weekly_profit",))
    _survey(rows, "interview-k", "baseline_interview", 0, COVARIATES)
    for woman in panel.filter(pl.col("wave") == 0).to_dicts():
        person = f"kenya:{woman['id']:.0f}"
        rows["persons"].append({"source_instance": "kenya", "person_id": person, "person_kind": "external"})
        rows["applications"].append(
            {
                "application_id": f"k{woman['id']:.0f}",
                "programme_id": "kenya",
                "cohort_id": "dandora",
                "person_id": person,
                "role_sought": "mentee",
                "submitted_at": at("2014-09-01 09:00"),
                "decision": "accepted" if woman["treat2"] == 4 else "rejected",
                "decided_at": at("2014-10-31 09:00"),
                "assigned_arm": ARMS[woman["treat2"]],
            }
        )
        _answers(rows, "interview-k", f"i{woman['id']:.0f}", person, {name: woman[name] for name in COVARIATES})
    for row in panel.to_dicts():
        wave, number = int(row["wave"]), f"{row['id']:.0f}"
        _answers(rows, f"profit-{wave}-k", f"k{number}-{wave}", f"kenya:{number}", {"weekly_profit": row["tprofits"]})


def _survey(rows: Rows, survey_id: str, instrument: str, wave: int, questions: tuple[str, ...]) -> None:
    rows["surveys"].append(
        {
            "survey_id": survey_id,
            "programme_id": "kenya",
            "cohort_id": "dandora",
            "name": survey_id,
            "instrument": instrument,
            "wave": "pre" if wave == 0 else "post",
            "wave_no": wave,
            "respondent_role": "applicant",
            "anonymity": "pseudonymous",
            "min_group_size": 5,
        }
    )
    for question in questions:
        rows["survey_questions"].append(
            {
                "survey_id": survey_id,
                "question_id": question,
                "stable_code": question,
                "construct": question,
                "question_kind": "number",
                "reverse_scored": False,
            }
        )


def _answers(rows: Rows, survey_id: str, response_id: str, person: str, answers: dict[str, Any]) -> None:
    rows["survey_responses"].append(
        {
            "survey_id": survey_id,
            "response_id": response_id,
            "status": "complete",
            "submitted_at": at("2014-09-01 09:00"),
            "respondent_person_id": person,
        }
    )
    for question, value in answers.items():
        if value is not None:
            rows["survey_answers"].append(
                {
                    "survey_id": survey_id,
                    "response_id": response_id,
                    "question_id": question,
                    "choice_seq": 1,
                    "value_num": value,
                    "state": "answered",
                }
            )
