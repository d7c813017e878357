"""Forty-one workbooks as organisations keep them: every tab is recognised, every column that matters is used, no private one is, and little is asked."""

import pytest

from pipelines.first_hour.plan import Plan, plan_of
from tests.unit.first_hour.made import TODAY, answered, csv_file
from tests.unit.first_hour.workbooks import Kept, every_workbook

pytestmark = pytest.mark.slow

EVERY = {kept.name: kept for kept in every_workbook()}


def planned(kept: Kept) -> Plan:
    return plan_of([kept.file], {}, today=TODAY, zone="Europe/Berlin")


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    return {name: planned(kept) for name, kept in EVERY.items()}


@pytest.mark.parametrize("name", EVERY)
def test_every_tab_is_what_it_is_and_every_column_that_matters_is_used(plans: dict[str, Plan], name: str) -> None:
    found = {one.sheet.title: one for one in plans[name].tables}
    assert {title: one.kind for title, one in found.items()} == {t: kind for t, (kind, _, _) in EVERY[name].tabs.items()}  # fmt: skip
    for title, (_, _, headers) in EVERY[name].tabs.items():
        uses = found[title].columns
        assert [header for header in headers if uses[header][0] != "used"] == []
        assert [header for header in EVERY[name].never if header in uses and uses[header][0] != "never"] == []


@pytest.mark.parametrize("name", EVERY)
def test_once_its_questions_are_answered_every_row_is_read(name: str) -> None:
    done = answered(EVERY[name].file)
    rows = {one.sheet.title: (one.rows, one.unreadable, one.problem) for one in done.tables}
    assert rows == {title: (count, 0, None) for title, (_, count, _) in EVERY[name].tabs.items()}
    assert done.open == []


def test_one_question_a_file_is_asked_on_average_and_three_at_most(plans: dict[str, Plan]) -> None:
    asked = {name: len(plan.open) for name, plan in plans.items()}
    assert max(asked.values()) <= 3
    assert sum(asked.values()) <= 1.1 * len(asked)
    assert len(EVERY) >= 40
    assert sum(name.startswith("public") for name in EVERY) == 10


def test_two_rows_of_headings_are_read_from_text_as_well() -> None:
    rows = [["", "Mentor", "", "Mentee", "", ""], ["No", "Name", "Mail", "Name", "Mail", "Start"], *([n, f"Bo Co{'o' * n}", f"b{n}@x.org", f"Ada Be{'e' * n}", f"a{n}@x.org", f"2026-10-1{n}"] for n in range(1, 8))]  # fmt: skip
    pairs = answered(csv_file("pairs.csv", rows)).tables[0]
    assert (pairs.kind, pairs.rows, pairs.unreadable) == ("pairs", 7, 0)
    assert pairs.columns["Mail"][1] == "the person mentoring"
    assert pairs.columns["Mail (5)"][1] == "the person mentored"


@pytest.mark.parametrize(
    ("mentor", "mentee"),
    [("Mentor/in", "Mentee"), ("Mentor:in", "Mentee"), ("Mentor*in (Mail)", "Mentee (Mail)"), ("Mentor(e)", "Mentoré(e)"), ("Your name (mentor)", "Your mentee"), ("Mentor/a", "Mentorado/a")],
)  # fmt: skip
def test_headings_that_name_women_and_men_name_a_role(mentor: str, mentee: str) -> None:
    rows = [[mentee, mentor, "Start"], *([f"a{n}@x.org", f"b{n}@x.org", f"2026-10-1{n}"] for n in range(6))]
    pairs = answered(csv_file("pairs.csv", rows)).tables[0]
    assert (pairs.kind, pairs.rows) == ("pairs", 6)
    assert {pairs.columns[mentee][1], pairs.columns[mentor][1]} == {"the person mentored", "the person mentoring"}
    assert pairs.columns[mentor][1] == "the person mentoring"


@pytest.mark.parametrize("words", ["12. the best", "11 - yes", "01.02.2026", "3. floor"])
def test_words_with_a_number_in_front_that_is_no_step_of_a_scale_take_nothing_down(words: str) -> None:
    rows = [["Timestamp", "Where do you sit?", "How useful was it?"], *([f"2026-10-{10 + n} 10:00", words, 1 + n % 5] for n in range(8))]  # fmt: skip
    assert answered(csv_file("form.csv", rows)).tables[0].kind == "survey"


def test_a_day_and_a_clock_in_two_columns_are_one_time() -> None:
    rows = [["Datum", "Uhrzeit", "Mentee", "Mentor"], *([f"{13 + n}.10.2026", f"{9 + n}:30", "a@x.org", "b@x.org"] for n in range(6))]  # fmt: skip
    log = answered(csv_file("Treffen.csv", rows)).tables[0]
    assert (log.rows, log.unreadable) == (6, 0)
    assert str(log.first_rows["scheduled_start_at"][0]).startswith("2026-10-13 07:30")


def test_one_day_that_lies_ahead_hides_no_newest_day() -> None:
    rows = [["Date", "Mentee", "Mentor"], *([f"2026-10-{10 + n}", "a@x.org", "b@x.org"] for n in range(6)), ["2031-01-01", "a@x.org", "b@x.org"]]  # fmt: skip
    log = answered(csv_file("log.csv", rows)).tables[0]
    assert str(log.newest) == "2026-10-15"
