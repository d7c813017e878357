"""Who was drawn to which start, and what is known of them: from applications to what the estimator reads."""

from datetime import date, datetime
from typing import Any

import duckdb
import polars as pl

from pipelines.contracts.declared_outcomes import read_declaration
from pipelines.stages.programme_records import rollout_of
from tests.unit.warehouse.sql_macros import PROJECT, rows

DRAWS, MODEL = ((PROJECT / f"models/units/{name}.sql").read_text(encoding="utf-8") for name in ("prepared/int_draws", "rollout_draws"))  # fmt: skip
COHORTS = pl.DataFrame(
    {"cohort_id": ["early", "late", "chosen"], "start_date": [date(2026, 1, 1), date(2026, 7, 1), date(2026, 1, 1)], "assignment_rule": ["staggered", "staggered", "admin"]}
)  # fmt: skip
ASKED = {
    "programme_id": "p", "person_key": "a", "cohort_id": "early", "assignment_unit": None, "assignment_stratum": None, "assigned_arm": "mentoring",
    "role_sought": "mentee", "submitted_at": datetime(2025, 11, 1), "application_id": "1", "decided_date": None,
}  # fmt: skip


def drawn(*applications: dict[str, Any], without_consent: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    texts = dict.fromkeys(("assignment_unit", "assignment_stratum", "assigned_arm"), pl.String) | {
        "decided_date": pl.Date
    }
    return rows(
        f"with int_draws as ({DRAWS}), model as ({MODEL}) select * from model order by person_key",
        applications=pl.DataFrame([ASKED | one for one in applications], schema_overrides=texts), cohorts=COHORTS,
        int_people_without_consent=pl.DataFrame({"person_key": without_consent}, schema={"person_key": pl.String}),
        int_mentoring_starts=pl.DataFrame({"programme_id": ["p"], "person_key": ["a"], "began_date": [date(2026, 1, 9)]}),
    )  # fmt: skip


def test_everybody_counts_with_the_start_that_was_drawn_for_them() -> None:
    found = drawn({}, {"person_key": "b", "cohort_id": "late", "assignment_unit": "site 1"}, {"person_key": "c", "assigned_arm": "control"})  # fmt: skip
    assert [(row["person_key"], row["unit_id"], row["starts_on"], row["began_date"]) for row in found] == [
        ("a", "a", date(2026, 1, 1), date(2026, 1, 9)),
        ("b", "site 1", date(2026, 7, 1), None),
        ("c", "c", None, None),
    ]


def test_who_was_not_drawn_asked_to_mentor_or_said_no_to_analytics_is_left_out() -> None:
    others = ({"cohort_id": "chosen"}, {"assigned_arm": None}, {"role_sought": "mentor"})
    assert drawn(*({"person_key": f"x{place}", **other} for place, other in enumerate(others))) == []
    assert drawn({}, without_consent=("a",)) == []


def test_the_last_draw_that_somebody_was_in_counts() -> None:
    (row,) = drawn({}, {"cohort_id": "late", "submitted_at": datetime(2026, 2, 1), "application_id": "2"})
    assert row["starts_on"] == date(2026, 7, 1)


def test_answers_and_measures_of_those_who_were_drawn_are_read_and_nobody_elses() -> None:
    warehouse = duckdb.connect()
    warehouse.execute("create schema marts")
    frames = {
        "rollout_draws": pl.DataFrame(drawn({}, {"person_key": "b", "cohort_id": "late"})),
        "survey_scores": pl.DataFrame(
            {"programme_id": ["p", "p", "q"], "person_key": ["a", "z", "a"], "construct": ["confidence"] * 3, "answered_date": [date(2026, 3, 1)] * 3, "score": [4.0, 1.0, 2.0], "question_kind": ["scale_item"] * 3}
        ),
        "measure_readings": pl.DataFrame(
            {"person_key": ["b", "b"], "measure": ["engagement_index", "salary"], "measured_on": [date(2026, 2, 1)] * 2, "value": [70.0, 1.0]}
        ),
    }  # fmt: skip
    for name, frame in frames.items():
        warehouse.register("frame", frame)
        warehouse.execute(f"create table marts.{name} as select * from frame")
    outcomes = [{"outcome": name, "label": name, "unit": "points", "kind": kind} for name, kind in (("confidence", "number"), ("engagement_index", "measure"))]  # fmt: skip
    made = rollout_of(warehouse, read_declaration("p", {"outcomes": outcomes}))
    assert made is not None
    assert made.answers.rows() == [
        ("confidence", "a", date(2026, 3, 1), 4.0),
        ("engagement_index", "b", date(2026, 2, 1), 70.0),
    ]
    assert rollout_of(warehouse, read_declaration("q", {"outcomes": outcomes})) is None
