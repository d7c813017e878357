"""A school: students with names in Arabic letters, alumni who mentor them, a file named in Japanese; every student has a mentor, and one goal is reached."""

from datetime import date, timedelta

import pytest

from tests.strangers.organisation import Organisation, Ran, programme
from tests.strangers.said import falsehoods

pytestmark = [pytest.mark.pipeline, pytest.mark.xdist_group("strangers"), pytest.mark.timeout(3_000)]

AS_OF = date(2026, 10, 31)
STUDENTS = 40
GOAL = {
    "goal_id": "meet",
    "statement": "Pairs meet at least once a month",
    "metric_id": "session_frequency",
    "baseline": 0.2,
    "baseline_date": "2025-12-01",
    "target": 0.9,
    "unit": "sessions a month",
    "direction": "increase",
    "achievable_because": "Alumni agreed to it.",
    "relevant_to": "career_development",
    "start_date": "2025-12-01",
    "due_date": "2026-12-31",
    "owner": "Careers office",
}


def school() -> Organisation:
    made = Organisation(as_of=str(AS_OF), zone="Asia/Riyadh")
    made.people = [{"person": f"e{number:03d}", "kind": "student"} for number in range(1, STUDENTS + 1)]
    made.people += [{"person": f"e{100 + number:03d}", "kind": "alumnus"} for number in range(1, STUDENTS + 1)]
    made.programmes = [
        programme(
            "mentoring",
            name="إرشاد الطلاب",
            start_date="2026-01-01",
            population={"person_kind": "student", "words": "All students."},
            goals=[GOAL],
        )
    ]
    for number in range(1, STUDENTS + 1):
        made.pair(number, "2026-01-10")
        for month in range(10):
            day = date(2026, 1, 14) + timedelta(days=29 * month + number % 5)
            made.meet(number, f"{day} 16:00")
            made.meet(number, f"{day + timedelta(days=13)} 16:00")
    return made


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return school().run(tmp_path_factory.mktemp("学校"))


def test_nothing_is_said_that_cant_be_true(ran: Ran) -> None:
    assert falsehoods(ran) == []


def test_students_without_an_employment_have_no_retention_turnover_or_promotion(ran: Ran) -> None:
    for metric in ("retention_rate_12m", "promotion_rate_12m", "turnover_rate_all", "internal_mobility_rate"):
        for of in ("mentoring", "organisation"):
            row = ran.metric(metric, of)
            assert row is None or row["value"] is None, (metric, of)


def test_where_every_student_has_a_mentor_all_take_part_and_nobody_is_compared(ran: Ran) -> None:
    row = ran.metric("participation_rate")
    assert row is not None
    assert (row["value"], row["numerator"], row["denominator"]) in ((1.0, STUDENTS, STUDENTS), (None, None, None))
    assert "caused" not in ran.report
    assert "comparable colleagues stay" not in ran.report


def test_where_goals_are_reached_pairs_meet_and_sources_have_no_agreed_age_nothing_alarms(ran: Ran) -> None:
    assert ran.standing["alarms"] == []
    assert ran.standing["goals"][0]["status"] in ("achieved", "on_track", "achieved_within_margin")


def test_names_in_any_script_are_printed_as_they_are(ran: Ran) -> None:
    assert "إرشاد الطلاب" in ran.report
    assert "إرشاد الطلاب" in ran.page("programme", programme="mentoring")
