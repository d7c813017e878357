"""Who is in a lottery stands once, for covariates, outcomes and the estimate alike."""

from datetime import date, datetime

import polars as pl

from tests.unit.warehouse.sql_macros import PROJECT, rows
from tests.unit.warehouse.test_rollout_draws import ASKED

DRAWS, EVERYBODY, ANALYSED = ((PROJECT / f"models/units/{name}.sql").read_text(encoding="utf-8") for name in ("prepared/int_draws", "lottery_draws", "prepared/int_lottery_draws"))  # fmt: skip
COHORTS = pl.DataFrame(
    {"cohort_id": ["places", "starts"], "start_date": [date(2026, 1, 1)] * 2, "assignment_rule": ["lottery", "staggered"]}
)  # fmt: skip
APPLIED = [
    {"person_key": "a", "cohort_id": "places", "assigned_arm": "mentoring", "decided_date": date(2025, 12, 1)},
    {"person_key": "b", "cohort_id": "places", "assigned_arm": "control"},
    {"person_key": "no", "cohort_id": "places", "assigned_arm": "control"},
    {"person_key": "c", "cohort_id": "starts", "assigned_arm": "mentoring"},
    {"person_key": "d", "cohort_id": "places", "assigned_arm": "control", "application_id": "1"},
    {"person_key": "d", "cohort_id": "places", "assigned_arm": "mentoring", "application_id": "2", "submitted_at": datetime(2025, 11, 9)},
]  # fmt: skip


def of_model(model: str) -> list[dict]:
    texts = dict.fromkeys(("assignment_unit", "assignment_stratum"), pl.String) | {"decided_date": pl.Date}
    enrolled = {"cohort_id": ["places", "places"], "person_key": ["a", "b"], "role": ["mentee", "mentor"]}
    return rows(
        f"with int_draws as ({DRAWS}), model as ({model}) select * from model order by person_key",
        applications=pl.DataFrame([ASKED | one for one in APPLIED], schema_overrides=texts), cohorts=COHORTS,
        int_people_without_consent=pl.DataFrame({"person_key": ["no"]}), enrolments=pl.DataFrame(enrolled),
    )  # fmt: skip


def test_everybody_who_was_drawn_counts_in_the_arm_of_their_last_application() -> None:
    assert [(row["person_key"], row["arm"], row["unit_id"], row["drawn_date"], row["took_part"]) for row in of_model(EVERYBODY)] == [
        ("a", "mentoring", "a", date(2025, 12, 1), True),
        ("b", "control", "b", date(2026, 1, 1), False),
        ("d", "mentoring", "d", date(2026, 1, 1), False),
        ("no", "control", "no", date(2026, 1, 1), False),
    ]  # fmt: skip


def test_of_who_said_no_to_analytics_nothing_but_the_draw_is_read() -> None:
    assert [(row["person_key"], row["arm"]) for row in of_model(ANALYSED)] == [("a", "mentoring"), ("b", "control"), ("d", "mentoring")]  # fmt: skip
