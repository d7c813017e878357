"""Workbooks by hand: both sides in one tab, rows that are struck through, and further sheets with pairs."""

from datetime import date

import pytest
import xlsxwriter

from pipelines.matching_inputs.sheet_terms import SheetRefused
from pipelines.matching_inputs.spreadsheet_problem import from_spreadsheets
from pipelines.matching_inputs.spreadsheets import read_people

MENTEES = [["Name", "Email", "Wants"], ["Ann Ash", "a@x.example", "law"], ["Bob Bay", "b@x.example", "law"]]
MENTORS = [["Name", "Email", "Offers"], ["Kim Kay", "k@x.example", "law"], ["Lou Loy", "l@x.example", "law"]]


def workbook(path, sheets, struck=()):
    """struck: (sheet, row) whose cells are struck through."""
    with xlsxwriter.Workbook(path) as book:
        line = book.add_format({"font_strikeout": True})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row, line if (name, number) in struck else None)
    return path


def people_of(path, means=()):
    return read_people({"mentees": path, "mentors": path}, as_of=date(2026, 6, 1), means=means)


def with_sheet(tmp_path, name, rows, means=()):
    sheets = {"Mentees": MENTEES, "Mentors": MENTORS, name: rows}
    return people_of(workbook(tmp_path / "people.xlsx", sheets), means)


def test_who_is_struck_through_takes_no_part_and_is_named(tmp_path):
    path = workbook(tmp_path / "people.xlsx", {"Mentees": MENTEES, "Mentors": MENTORS}, struck=[("Mentees", 2)])
    people = people_of(path)
    assert people.mentees["application_id"].to_list() == ["a@x.example"]
    assert any("left out, as it is struck through: row 3" in one for one in people.said)


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["MENTEES", "", "", "", "MENTORS"],
            *([*one, "", *other] for one, other in zip(MENTEES, MENTORS, strict=True)),
        ],
        [["Mentees"], *MENTEES, [], ["Mentors"], *MENTORS],
        [*MENTEES, [], *MENTORS],
    ],
    ids=["beside each other", "below each other", "below each other without titles"],
)
def test_a_sheet_with_a_table_of_each_side_is_both(tmp_path, rows):
    people = people_of(workbook(tmp_path / "people.xlsx", {"Sheet1": rows}))
    assert people.mentees["application_id"].to_list() == ["a@x.example", "b@x.example"]
    assert people.mentors["application_id"].to_list() == ["k@x.example", "l@x.example"]


def test_a_header_that_is_repeated_begins_no_table_of_the_other_side(tmp_path):
    rows = [["Mentees"], *MENTEES, MENTEES[0], ["Cem Cay", "c@x.example", "law"]]
    with pytest.raises(SheetRefused, match="holds one sheet for both sides"):
        people_of(workbook(tmp_path / "people.xlsx", {"Sheet1": rows}))


def test_sheets_are_known_by_the_titles_above_their_tables(tmp_path):
    sheets = {"Sheet1": [["Our mentors"], *MENTORS], "Sheet2": [["Participants (mentees)"], [], *MENTEES]}
    people = people_of(workbook(tmp_path / "people.xlsx", sheets))
    assert people.mentors["application_id"].to_list() == ["k@x.example", "l@x.example"]


@pytest.mark.parametrize(
    ("name", "header", "column"),
    [
        ("Do not match", ["Mentee", "Mentor"], "excluded"),
        ("Conflicts of interest", ["Mentee email", "Mentor email"], "excluded"),
        ("Keep apart", ["Person A", "Person B"], "excluded"),
        ("Nicht zusammen", ["Mentee", "Mentorin"], "excluded"),
        ("Pairs 2024", ["Mentee", "Mentor"], "previous_partners"),
        ("Previous round", ["Mentee", "Mentor"], "previous_partners"),
    ],
)
def test_a_sheet_of_pairs_is_read_by_its_name(tmp_path, name, header, column):
    people = with_sheet(tmp_path, name, [header, ["Ash, Ann", "k@x.example"]])
    assert people.mentees[column].to_list() == [["k@x.example"], []]
    assert any(f"sheet '{name}': 1 of 1 pairs" in one for one in people.said)


def test_pairs_are_couples_whichever_side_stands_first_and_whom_nobody_knows_is_told(tmp_path):
    rows = [["Mentor", "Mentee"], ["Kim Kay", "Ann Ash"], ["Zed Zoe", "Bob Bay"]]
    people = with_sheet(tmp_path, "Not together", rows)
    assert people.mentees["excluded"].to_list() == [["k@x.example"], []]
    assert any("names Zed Zoe, not found" in one for one in people.said)


def test_pairs_whose_sheet_does_not_say_what_they_are_are_asked_about(tmp_path):
    rows = [["Mentee", "Mentor"], ["Ann Ash", "Kim Kay"]]
    with pytest.raises(SheetRefused, match="sheet 'Pairs' holds pairs, and its name doesn't say what they are"):
        with_sheet(tmp_path, "Pairs", rows)
    assert with_sheet(tmp_path, "Pairs", rows, means=["Pairs=agreed"]).agreed == [("a@x.example", "k@x.example")]
    assert with_sheet(tmp_path, "Pairs", rows, means=["Pairs=ignore"]).agreed == []


@pytest.mark.parametrize(
    "rows",
    [
        [["", "Kim Kay", "Lou Loy"], ["Ann Ash", 1, 5], ["Bob Bay", 4, 2]],
        [["Mentee", "Mentor", "Score"], ["Ann Ash", "Kim Kay", 1], ["Ann Ash", "Lou Loy", 5], ["Bob Bay", "Kim Kay", 4], ["Bob Bay", "Lou Loy", 2]],
    ],
    ids=["table", "rows"],
)  # fmt: skip
def test_a_sheet_of_scores_decides_and_is_said(tmp_path, rows):
    path = workbook(tmp_path / "p.xlsx", {"Mentees": MENTEES, "Mentors": MENTORS, "Ratings": rows})
    asked = from_spreadsheets(path, path, None, as_of=date(2026, 6, 1))
    assert dict(asked.problem.score) == {"own_scores": 1.0}
    assert asked.problem.own_scores["score"].to_list() == [1.0, 5.0, 4.0, 2.0]
    assert any("4 scores of pairs are read, the higher the better" in one for one in asked.said)


def test_a_meaning_that_is_told_holds_against_the_heading_and_an_unknown_one_is_refused(tmp_path):
    rows = {
        "Mentees": [["Name", "Email", "Wants", "Hobbies"], ["Ann Ash", "a@x.example", "law", "tax"]],
        "Mentors": MENTORS,
    }
    people = people_of(workbook(tmp_path / "p.xlsx", rows), means=["Hobbies=skills", "wants=ignore"])
    assert people.mentees["skills"].to_list() == [["tax"]]
    with pytest.raises(SheetRefused, match="isn't understood"):
        people_of(tmp_path / "p.xlsx", means=["Hobbies=nonsense"])


def test_two_ticked_columns_say_who_is_on_which_side(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(
        "Name,Email,Mentor,Mentee,Skills\nAnn,a@x.example,,x,law\nKim,k@x.example,x,,law\nLou,l@x.example,x,x,law\n"
    )
    people = people_of(path)
    assert people.mentees["application_id"].to_list() == ["a@x.example", "l@x.example"]
    assert people.mentors["application_id"].to_list() == ["k@x.example", "l@x.example"]


def test_whom_a_rating_names_is_wished_for_in_the_order_of_the_ratings(tmp_path):
    mentors = "Name,Email,How much would you like to mentor [Ann Ash],How much would you like to mentor [Bob Bay]\nKim,k@x.example,4,5\nLou,l@x.example,5,2\n"
    (tmp_path / "a.csv").write_text("Name,Email\nAnn Ash,a@x.example\nBob Bay,b@x.example\n")
    (tmp_path / "b.csv").write_text(mentors)
    people = read_people({"mentees": tmp_path / "a.csv", "mentors": tmp_path / "b.csv"}, as_of=date(2026, 6, 1))
    assert people.mentors["preferred"].to_list() == [["b@x.example", "a@x.example"], ["a@x.example"]]


@pytest.mark.parametrize("name", ["Ranking (1 = best)", "Rangfolge", "Order of preference, 1 = first"])
def test_a_table_of_ranks_has_one_as_the_best(tmp_path, name):
    rows = [["", "Kim Kay", "Lou Loy"], ["Ann Ash", 2, 1], ["Bob Bay", 1, 2]]
    path = workbook(tmp_path / "p.xlsx", {"Mentees": MENTEES, "Mentors": MENTORS, name: rows})
    asked = from_spreadsheets(path, path, None, as_of=date(2026, 6, 1))
    assert asked.problem.own_scores["score"].to_list() == [1.0, 2.0, 2.0, 1.0]
    assert any("1 is the best" in one for one in asked.said)
