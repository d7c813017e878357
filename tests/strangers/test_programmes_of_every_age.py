"""One company with a programme at every stage: silent for months, begun yesterday, ten years old, eight people, nobody matched yet, everybody gone.

Its log holds held meetings only; no goal is declared. A second company in the same workspace gives the same numbers to other people, all of whom have left.
"""

import re
from datetime import date, timedelta

import pytest

from tests.strangers.organisation import Organisation, Ran, programme
from tests.strangers.said import falsehoods, sentences

pytestmark = [pytest.mark.pipeline, pytest.mark.xdist_group("strangers"), pytest.mark.timeout(3_000)]

AS_OF = date(2026, 10, 31)
YESTERDAY = str(AS_OF - timedelta(days=1))
STARTS = {
    "silent": "2025-01-01",
    "new": YESTERDAY,
    "old": "2016-01-01",
    "eight": "2026-01-01",
    "waiting": "2026-09-01",
    "gone": "2025-01-01",
}


_OTHER = {"from": "person", "reference": "other"}
OTHER_COMPANY = {
    "format": {"kind": "csv", "null": [""]},
    "files": [
        {
            "match": "log.csv",
            "key": "person",
            "tables": [
                {"table": "persons", "columns": {"person_id": _OTHER, "person_kind": {"const": "employee"}}},
                {
                    "table": "person_identifiers",
                    "columns": {"person_id": _OTHER, "id_type": {"const": "other"}, "id_value": _OTHER},
                },
                {
                    "table": "employment_spells",
                    "columns": {
                        "person_id": _OTHER,
                        "spell_no": {"const": 1},
                        "hire_date": {"from": "hired", "date": "%Y-%m-%d"},
                        "end_date": {"from": "left", "date": "%Y-%m-%d"},
                        "end_kind": {"const": "voluntary"},
                    },
                },
            ],
        }
    ],
}


def place(programme_id: str) -> dict[str, str]:
    return {"programme": programme_id, "cohort": f"{programme_id}-1"}


def ages() -> Organisation:
    made = Organisation(as_of=str(AS_OF))
    made.employ(220, hired="2010-01-01")
    others = [{"person": row["person"], "hired": "2010-01-01", "left": "2025-03-01"} for row in made.people]
    made.logs["other"] = (OTHER_COMPANY, others)
    made.programmes = [programme(one, start_date=start) for one, start in STARTS.items()]
    for number in range(1, 31):  # met until five months ago
        made.pair(number, "2025-02-01", **place("silent"))
        for month in range(15):
            made.meet(number, f"{date(2025, 2, 10) + timedelta(days=30 * month)} 10:00")
    for number in range(31, 37):
        made.pair(number, YESTERDAY, **place("new"))
    for number in range(37, 57):  # ten years, one pair after the other; the last six still meet
        began = date(2016, 1, 10) + timedelta(days=190 * (number - 37))
        is_open = number > 50
        ended = {} if is_open else {"ended": str(began + timedelta(days=300)), "status": "completed"}
        made.pair(number, str(began), **place("old"), **ended)
        for month in range(9):
            made.meet(number, f"{(date(2026, 2, 5) if is_open else began) + timedelta(days=30 * month)} 15:00")
    for number in range(57, 61):  # eight people who meet
        made.pair(number, "2026-02-01", **place("eight"))
        for month in range(9):
            made.meet(number, f"{date(2026, 2, 10) + timedelta(days=29 * month)} 12:00")
    for number in range(61, 70):
        made.pair(number, "2025-02-01", ended="2025-12-01", status="cancelled", **place("gone"))
    gone = {f"e{number:03d}" for number in (*range(61, 70), *range(161, 170))}
    for spell in made.spells:
        if spell["person"] in gone:
            spell |= {"left": "2026-01-15", "reason": "voluntary"}
    made.applications = [
        {
            "application": f"a{number}",
            **place("waiting"),
            "person": f"e{number:03d}",
            "role": "mentee",
            "sent": "2026-09-10 10:00",
            "decision": "pending",
        }
        for number in range(70, 90)
    ]
    return made


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return ages().run(tmp_path_factory.mktemp("ages"))


def test_nothing_is_said_that_cant_be_true(ran: Ran) -> None:
    assert falsehoods(ran) == []


def test_pairs_that_stopped_meeting_are_an_alarm_and_no_other_programme_is(ran: Ran) -> None:
    assert ran.standing["alarms"] == ["Silent: none of 30 open pairs met in the last 30 days"]
    assert "Decide what happens next where pairs don't meet: Silent" in ran.standing["decision"]
    assert ran.standing["headline"] == "Pairs don't meet in Silent"
    assert "None of 30 open pairs met in the last 30 days" in ran.page("programme", programme="silent")


def test_a_programme_that_began_yesterday_is_too_young_to_be_judged(ran: Ran) -> None:
    row = ran.metric("active_pair_rate", "new")
    assert row is None or row["value"] is None
    page = ran.page("programme", programme="new")
    assert "less often than agreed" not in page
    assert "0.0 meetings" not in page


def test_a_programme_of_ten_years_is_counted_from_its_first_pair(ran: Ran) -> None:
    held = ran.warehouse("select count(*) from marts.sessions where programme_id = 'old' and status = 'held'").item()
    assert held == 20 * 9
    first = ran.warehouse("select min(started_date) from marts.pairs where programme_id = 'old'").item()
    assert first == date(2016, 1, 10)


def test_where_nobody_is_matched_nobody_takes_part_and_nothing_meets(ran: Ran) -> None:
    assert ran.warehouse("select count(*) from marts.enrolments where programme_id = 'waiting'").item() == 0
    for metric in ("session_frequency", "active_pair_rate", "retention_rate_12m", "completion_rate"):
        row = ran.metric(metric, "waiting")
        assert row is None or row["value"] is None, metric
    assert "as agreed" not in ran.page("programme", programme="waiting").replace("Is it run as agreed", "")


def test_where_everybody_left_nobody_is_still_here_and_no_pair_is_open(ran: Ran) -> None:
    row = ran.metric("retention_rate_12m", "gone")
    assert row is None or row["value"] in (None, 0.0)
    assert "Gone" not in " ".join(ran.standing["alarms"])
    assert "Pairs meet as agreed" not in ran.page("programme", programme="gone")


def test_a_log_of_held_meetings_gives_no_share_of_meetings_that_took_place(ran: Ran) -> None:
    for one in ("silent", "old", "eight"):
        row = ran.metric("show_up_rate", one)
        assert row is not None
        assert row["value"] is None
        assert row["suppression_reason"].startswith("not measured: only held sessions are recorded")


def test_the_same_number_in_two_companies_is_two_people(ran: Ran) -> None:
    assert ran.warehouse("select count(*) from marts.persons").item() == 440
    row = ran.warehouse(
        "select numerator, denominator from metrics.metric_values where metric_id = 'retention_rate_12m' and programme_id = 'silent' and cohort_id = 'all' "
        "and segment_kind = 'all' and period_kind = 'to_date'"
    ).row(0)
    assert row == (30, 30)  # nobody of the other company, where everybody left, is taken for a mentee


def test_a_fall_to_no_meeting_at_all_is_never_a_usual_month(ran: Ran) -> None:
    rows = re.findall(r"Sessions a month Silent.{0,200}", dict(sentences(ran))["report"])
    assert rows
    assert "No: in the usual range" not in rows[0]


def test_without_a_goal_no_page_says_that_goals_are_where_they_should_be(ran: Ran) -> None:
    assert ran.standing["goals_sentence"] == "No goal is declared yet."
    for one in STARTS:
        assert "every goal is where it should be" not in ran.page("programme", programme=one)
    assert "No programme needs a decision" not in ran.page("all_programmes")
