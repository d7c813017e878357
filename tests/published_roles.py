"""The published test snapshot with people in both programmes, for tests of who sees whom."""

from datetime import date
from pathlib import Path

import polars as pl

from pipelines.serving.snapshot import publish, write_tables
from tests.published import manager_tables, tables

A, B = "mentoring_a", "mentoring_b"
UNITS = {"mentee0": "Sales", "mentee1": "Legal", "mentor0": "Legal", "applicant7": "Sales", "menteeB": "Sales", "mentorB": "Sales", "applicantB": "Legal"}  # fmt: skip


def _added(frame: pl.DataFrame, **row: object) -> pl.DataFrame:
    """`frame` and its first row again with other values."""
    more = pl.DataFrame([{**frame.row(0, named=True), **row}], schema=frame.schema)
    return pl.concat([frame, more])


def roles_tables() -> dict[str, pl.DataFrame]:
    """The managers' tables: of B a pair B-PAIR, a late milestone, an applicant B-APPLICANT and a survey, beside A's."""
    found = manager_tables()
    found["work_pairs"] = _added(found["work_pairs"], pair_id="B-PAIR", programme_id=B, cohort_id="B-2025", mentees=["menteeB"], mentors=["mentorB"], last_held_date=date(2026, 1, 5))  # fmt: skip
    found["work_milestones"] = _added(found["work_milestones"], pair_id="B-PAIR", programme_id=B)
    found["work_applicants"] = _added(found["work_applicants"], application_id="B-APPLICANT", programme_id=B, person_key="applicantB")  # fmt: skip
    found["work_surveys"] = _added(found["work_surveys"], survey_id="b_pulse", programme_id=B)
    found["work_people"] = pl.DataFrame(
        [
            {"person_key": key, "department": unit, "business_unit": "Group", "adviser": "boss", "above": ["boss", "chief"]}
            for key, unit in UNITS.items()
        ]
    )  # fmt: skip
    return found


def publish_for_roles(serving: Path) -> Path:
    """Publish it into `serving`; the readers' file."""
    return publish(serving, lambda path: write_tables(path, tables()), lambda path: write_tables(path, roles_tables()))
