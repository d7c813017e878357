"""Days as people write them who know the year themselves, with the weekday in front, or by the month; and times that stand beside them."""

import pytest

from tests.unit.first_hour.made import answered, answered_rows, csv_file, planned, workbook
from tests.unit.first_hour.test_as_people_write import PAIRS

pytestmark = pytest.mark.slow


def pairs(*starts: str, name: str = "pairs.csv", header: str = "Start"):
    rows = [[f"Mentor M{n}", f"Mentee N{n}", start] for n, start in enumerate(starts)]
    return csv_file(name, [["Mentor", "Mentee", header], *rows])


def log(*rows: tuple[str, ...], header: tuple[str, ...] = ("Date",)):
    people = [("Ann Ames", "Bob Bell"), ("Cat Cole", "Dan Dorn"), ("Eve Eck", "Fay Fox")]
    lines = [[*row, *people[place % 3]] for place, row in enumerate(rows)]
    return csv_file("log.csv", [[*header, "Mentor", "Mentee"], *lines])


@pytest.mark.parametrize(
    "starts", [("15 Jan", "3 Feb", "20 March"), ("15.01.", "03.02.", "20.03."), ("15/1", "3/2", "20/3")]
)
def test_days_without_a_year_are_asked_about_and_no_year_is_made_up(starts: tuple[str, ...]):
    (question,) = planned(pairs(*starts)).open
    assert question.words.startswith("Of which year are the days in “Start”")
    days = answered_rows("pairs", "pairs", pairs(*starts))["actual_start_date"]
    assert [str(day) for day in days] == ["2026-01-15", "2026-02-03", "2026-03-20"]


def test_the_year_of_a_tab_is_offered_first():
    tab = workbook("p.xlsx", {"Pairs 2024": [["Mentor", "Mentee", "Start"], ["Ann A", "Bob B", "15 Jan"]]})
    assert planned(tab).open[0].options[0].words == "2024"


def test_days_over_new_year_are_each_the_last_such_day():
    days = answered_rows("pairs", "pairs", pairs("15 Nov", "20 Dec", "14 Jan"))["actual_start_date"]
    assert [str(day) for day in days] == ["2025-11-15", "2025-12-20", "2026-01-14"]


def test_whole_days_and_days_without_a_year_may_stand_in_one_column():
    days = answered_rows("pairs", "pairs", pairs("15.11.2024", "20.12.", "14.01."))["actual_start_date"]
    assert [str(day) for day in days] == ["2024-11-15", "2025-12-20", "2026-01-14"]


def test_months_are_asked_about():
    file = pairs("Sept 2025", "Oct 2025", "Jan 2026")
    (question,) = planned(file).open
    assert [option.words for option in question.options[:2]] == ["The first day of each month", "The last day of each month"]  # fmt: skip
    given = {question.key: "%d=last"}
    days = answered(file, given=given).tables[0].first_rows["actual_start_date"]
    assert [str(day) for day in days] == ["2025-09-30", "2025-10-31", "2026-01-31"]


def test_who_doesnt_know_leaves_the_column_unread_and_that_is_said():
    (question,) = planned(pairs("15 Jan", "3 Feb")).open
    table = answered(pairs("15 Jan", "3 Feb"), given={question.key: "leave"}).tables[0]
    assert table.rows == 2
    assert any("“Start” isn’t read" in note for note in table.notes)


def test_years_alone_are_no_days_and_that_is_said():
    (table,) = planned(pairs("2025", "2025")).tables
    assert any("“2025” is no whole day" in note for note in table.notes)


@pytest.mark.parametrize(
    "days",
    [
        ("Mon 02.02.2026", "Tue 17.02.2026", "Wed 25.02.2026"),
        ("Mo, 02.02.2026", "Di, 17.02.2026", "Mi, 25.02.2026"),
        ("Lun 02/02/2026", "Mar 17/02/2026", "Mer 25/02/2026"),
        ("Monday, February 2, 2026", "Tuesday, February 17, 2026", "Wednesday, February 25, 2026"),
    ],
)
def test_a_weekday_in_front_hides_no_meeting(days: tuple[str, ...]):
    starts = answered_rows("meetings", "sessions", PAIRS, log(*((day,) for day in days)))["scheduled_start_at"]
    assert sorted(str(start.date()) for start in starts) == ["2026-02-02", "2026-02-17", "2026-02-25"]


def test_a_log_whose_days_cant_be_read_stands_in_the_way_once_everything_else_is_answered():
    plan = answered(PAIRS, log(("early",), ("late",), ("later",)))
    assert any("log.csv: no column says" in problem for problem in plan.problems)


@pytest.mark.parametrize(
    "clocks", [("9h30", "14h", "10h15"), ("9.30", "14.00", "10.15"), ("9:30 Uhr", "14 Uhr", "10:15 Uhr")]
)
def test_clocks_of_other_countries_are_read(clocks: tuple[str, ...]):
    rows = [(f"2026-02-0{day}", clock) for day, clock in enumerate(clocks, start=1)]
    starts = answered_rows("meetings", "sessions", PAIRS, log(*rows, header=("Date", "Time")))["scheduled_start_at"]
    assert sorted(f"{start:%H:%M}" for start in starts) == ["08:30", "09:15", "13:00"]


def test_what_is_no_clock_leaves_the_days_and_is_said():
    file = log(("2026-02-01", "14:00-15:00"), ("2026-02-02", "lunch"), header=("Date", "Time"))
    told = next(one for one in answered(PAIRS, file).tables if one.kind == "meetings")
    assert (told.rows, told.unreadable) == (2, 0)
    assert any("“Time” isn’t read" in note for note in told.notes)


def test_what_may_be_a_month_with_its_year_as_well_can_be_said_to_be_one():
    file = pairs("09/25", "10/25", "01/26")
    (question,) = planned(file).open
    assert question.options[-2].value == "%d=1"
    days = answered_rows("pairs", "pairs", file, given={question.key: "%d=1"})["actual_start_date"]
    assert [str(day) for day in days] == ["2025-09-01", "2025-10-01", "2026-01-01"]
