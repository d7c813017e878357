"""Logs of meetings as people keep them: twice on a day, a column a month, lengths in words."""

import pytest

from tests.unit.first_hour.made import answered, answered_rows, csv_file, planned, workbook
from tests.unit.first_hour.test_as_people_write import PAIRS

pytestmark = pytest.mark.slow

ANN, CAT = ("Ann Ames", "Bob Bell"), ("Cat Cole", "Dan Dorn")


def log(*rows: tuple[str, ...], header: tuple[str, ...] = ("Date", "Mentor", "Mentee")):
    return csv_file("log.csv", [header, *rows])


TWICE = log(("2026-02-01", *ANN, "45"), ("2026-02-01", *ANN, "30"), ("2026-02-02", *CAT, "60"), header=("Date", "Mentor", "Mentee", "Minutes"))  # fmt: skip


def test_two_meetings_on_a_day_are_asked_about():
    asked = [question.words for question in planned(PAIRS, TWICE).open]
    assert any("1 line tells of the same two on the same day" in words for words in asked)


def test_meetings_of_their_own_each_count_with_their_minutes():
    sessions = answered_rows("meetings", "sessions", PAIRS, TWICE)
    assert sorted(sessions["session_id"]) == ["hash:2026-02-01 (2) Ann Ames Bob Bell", "hash:2026-02-01 Ann Ames Bob Bell", "hash:2026-02-02 Cat Cole Dan Dorn"]  # fmt: skip
    assert sorted(answered_rows("meetings", "session_participants", PAIRS, TWICE)["minutes"]) == [30, 30, 45, 45, 60, 60]  # fmt: skip


def test_a_meeting_that_was_written_down_twice_counts_once():
    given = {"log.csv||again|": "same"}
    assert answered_rows("meetings", "sessions", PAIRS, TWICE, given=given)["session_id"].n_unique() == 2


def test_several_mentees_in_a_cell_and_two_meetings_on_a_day_go_together():
    file = log(("2026-02-01", "Ann Ames", "Bob Bell & Dan Dorn"), ("2026-02-01", "Ann Ames", "Bob Bell & Dan Dorn"), ("2026-02-05", *CAT))  # fmt: skip
    assert answered_rows("meetings", "sessions", PAIRS, file)["session_id"].n_unique() == 5


@pytest.mark.parametrize(
    "headings", [("Jan 2026", "Feb 2026"), ("Januar", "Februar"), ("2026-01", "2026-02"), ("Meeting 1", "Meeting 2"), ("KW 12", "KW 14"), ("15.01.2026", "29.01.2026")]
)  # fmt: skip
def test_a_column_a_month_or_a_meeting_is_no_second_list_of_pairs_and_says_what_to_do(headings: tuple[str, str]):
    rows = [["Mentor", "Mentee", *headings], [*ANN, "1", "2"], [*CAT, "x", ""]]
    plan = answered(PAIRS, csv_file("log.csv", rows))
    assert [(one.sheet.title, one.kind) for one in plan.tables] == [("pairs.csv", "pairs"), ("log.csv", "meetings")]
    (problem,) = plan.problems
    assert f"has meetings in 2 columns (“{headings[0]}”, “{headings[1]}”)" in problem
    assert "make a row of each meeting" in problem


def test_months_beside_pairs_with_their_days_leave_the_pairs_and_are_said():
    rows = [["Mentor", "Mentee", "Start", "January", "February"], [*ANN, "2026-01-15", "x", "x"], [*CAT, "2026-01-20", "", "x"]]  # fmt: skip
    (table,) = answered(workbook("m.xlsx", {"Pairs": rows})).tables
    assert (table.kind, table.rows) == ("pairs", 2)
    assert any("2 columns (“January”, “February”)" in note for note in table.notes)


@pytest.mark.parametrize(
    ("lengths", "minutes"),
    [
        (("ca. 45 min", "~1h", "approx. 90 minutes"), [45, 60, 90]),
        (("½ h", "1 ½ Std.", "1 1/2 hours"), [30, 90, 90]),
        (("etwa 30 Min.", "environ 1 heure", "unos 20 minutos"), [20, 30, 60]),
    ],
)
def test_about_how_long_is_how_long(lengths: tuple[str, ...], minutes: list[float]):
    rows = [(f"2026-02-0{day}", *ANN, length) for day, length in enumerate(lengths, start=1)]
    file = log(*rows, header=("Date", "Mentor", "Mentee", "Duration"))
    found = answered_rows("meetings", "session_participants", PAIRS, file)
    assert sorted(found.filter(role="mentor")["minutes"]) == minutes


@pytest.mark.parametrize(
    ("header", "lengths"), [("Duration", ("0.75", "1", "90")), ("Hours", ("45", "60", "90")), ("Minutes", ("1", "1.5", "2"))]
)  # fmt: skip
def test_numbers_that_cant_all_be_of_one_unit_are_not_read_and_that_is_said(header: str, lengths: tuple[str, ...]):
    rows = [(f"2026-02-0{day}", *ANN, length) for day, length in enumerate(lengths, start=1)]
    file = log(*rows, header=("Date", "Mentor", "Mentee", header))
    told = next(one for one in answered(PAIRS, file).tables if one.kind == "meetings")
    assert told.columns[header][0] == "unused"
    assert any(f"'{header}'" in note and "isn't read" in note for note in told.notes)


def calls(*headings: str, moments: tuple[str, ...], lengths: tuple[str, ...]):
    people = (("ann@x.org", "bob@x.org"), ("cat@x.org", "dan@x.org"))
    rows = [(f"c{number}", *people[number % 2], moment, length) for number, (moment, length) in enumerate(zip(moments, lengths, strict=True))]  # fmt: skip
    return csv_file("calls.csv", [("id", "mentor_email", "mentee_email", *headings), *rows])


SECONDS = tuple(str(1748000000 + 90000 * number) for number in range(8))


@pytest.mark.parametrize("moments", [SECONDS, tuple(f"{moment}000" for moment in SECONDS)])
def test_calls_whose_moments_a_computer_counted_are_meetings_with_their_minutes(moments: tuple[str, ...]):
    file = calls("started_at", "duration_s", moments=moments, lengths=("1800",) * 8)
    sessions = answered_rows("meetings", "sessions", PAIRS, file)
    assert str(sessions["scheduled_start_at"].min()) == "2025-05-23 11:33:20+00:00"
    assert set(answered_rows("meetings", "session_participants", PAIRS, file)["minutes"]) == {30}


def test_numbers_too_large_for_minutes_are_not_read_as_minutes():
    file = calls("started_at", "duration", moments=SECONDS, lengths=("1800",) * 8)
    (table,) = [one for one in answered(PAIRS, file).tables if one.kind == "meetings"]
    assert any("minutes or seconds" in note for note in table.notes)
    assert answered_rows("meetings", "session_participants", PAIRS, file)["minutes"].null_count() == 16


def test_calls_of_couples_who_come_once_are_asked_about():
    rows = [(f"m{number}@x.org", f"n{number}@x.org", "2026-02-01 10:00", "30") for number in range(4)]
    file = csv_file("calls.csv", [("mentor_email", "mentee_email", "started_at", "duration_minutes"), *rows])
    assert [question.words for question in planned(file).open] == ["What is a row of “calls.csv”?"]


def test_couples_who_come_again_and_again_without_a_heading_that_says_why_are_asked_about():
    file = log(*[("x", *ANN), ("y", *ANN), ("z", *ANN), ("w", *CAT)], header=("Remark", "Mentor", "Mentee"))
    assert any(question.words == "What is a row of “log.csv”?" for question in planned(file).open)


@pytest.mark.parametrize("kind", ["pairs", "meetings", "people", "survey", "applications"])
def test_a_grid_by_the_number_of_the_pair_is_answered_in_words_whatever_is_said_of_it(kind: str):
    grid = csv_file("grid.csv", [("Pair", "Jan", "Feb", "Mar"), ("P1", "x", "", "x"), ("P2", "x", "x", "")])
    (asked,) = planned(grid).open
    answered(PAIRS, grid, given={asked.key: kind})
