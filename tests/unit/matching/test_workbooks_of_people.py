"""Workbooks with several sheets: the one that is meant is read, and said."""

from datetime import date

import polars as pl
import pytest
import xlsxwriter
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.matching_inputs.headers import columns_of
from pipelines.matching_inputs.sheet_terms import SheetRefused
from pipelines.matching_inputs.spreadsheets import read_people

MENTORS = [["name", "skills", "seats"], ["Ada", "sql", 1], ["Bo", "sales", 1]]
MENTEES = [["name", "skills"], ["Cy", "sales"], ["Di", "sql"]]


def workbook(path, sheets, hidden=()):
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name in hidden:
                sheet.hide()
    return path


@pytest.mark.parametrize(
    "names",
    [("Mentors 2026", "Mentees 2026"), ("Mentores", "Mentorados"), ("Mentorinnen", "Mentees"), ("mentors", "protégés")],
)
def test_one_workbook_with_a_sheet_of_each_side_is_both(tmp_path, names):
    sheets = {"Notes": [["Our programme"]], names[0]: MENTORS, names[1]: MENTEES, "Mentees old": [["name"], ["Zed"]]}
    path = workbook(tmp_path / "people.xlsx", sheets, hidden=("Mentees old",))
    people = read_people({"mentees": path, "mentors": path}, as_of=date(2026, 1, 1))
    assert sorted(people.names.filter(pl.col("side") == "mentees")["name"]) == ["Cy", "Di"]
    assert sorted(people.names.filter(pl.col("side") == "mentors")["name"]) == ["Ada", "Bo"]
    assert f"people.xlsx: the sheet '{names[1]}' is read for the mentees." in people.said
    assert "people.xlsx: not read: 'Notes'." in people.said


def test_a_workbook_whose_sheet_holds_one_side_is_read_wherever_it_stands(tmp_path):
    one = workbook(tmp_path / "a.xlsx", {"Cover": [["Spring round"]], "Sheet2": MENTEES})
    other = workbook(tmp_path / "b.xlsx", {"Sheet1": MENTORS})
    people = read_people({"mentees": one, "mentors": other}, as_of=date(2026, 1, 1))
    assert people.mentees.height == people.mentors.height == 2


def test_one_sheet_is_not_both_sides(tmp_path):
    path = workbook(tmp_path / "people.xlsx", {"Sheet1": MENTEES})
    with pytest.raises(SheetRefused, match="name one of its sheets Mentees and another Mentors"):
        read_people({"mentees": path, "mentors": path}, as_of=date(2026, 1, 1))


def test_one_table_with_a_column_of_roles_is_both_sides(tmp_path):
    (tmp_path / "people.csv").write_text(
        "Name,Email,Role,Skills\nAnn,a@x.example,Mentee,sql\nKim,k@x.example,Mentor,sql\n"
    )
    ended = CliRunner().invoke(app, ["match", str(tmp_path / "people.csv"), "--out", str(tmp_path / "pairs.csv")])
    assert ended.exit_code == 0, ended.output
    assert "a@x.example,Ann,k@x.example,Kim" in (tmp_path / "pairs.csv").read_text()


def test_one_workbook_holds_pairs_alternatives_those_without_a_partner_and_settings_with_names(tmp_path):
    (tmp_path / "a.csv").write_text(
        "Name,Email,Skills\nAnn Lee,a@x.example,sql\nBob Ray,b@x.example,sql\nCem Oz,c@x.example,sql\n"
    )
    (tmp_path / "b.csv").write_text("Name,Email,Skills\nKim Park,k@x.example,sql\nLou Diaz,l@x.example,sql\n")
    out = tmp_path / "all.xlsx"
    ended = CliRunner().invoke(app, ["match", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "--out", str(out)])
    assert ended.exit_code == 0, ended.output
    sheets = pl.read_excel(out, sheet_id=0)
    assert set(sheets) == {"pairs", "unmatched", "alternatives", "settings"}
    names = {"Ann Lee", "Bob Ray", "Cem Oz"}
    assert set(sheets["pairs"]["mentee_name"]) | set(sheets["unmatched"]["person_name"]) == names
    assert set(sheets["alternatives"]["mentor_name"]) <= {"Kim Park", "Lou Diaz"}
    assert sheets["alternatives"]["mentee_name"].null_count() == 0
    assert any("Rules:" in line for line in sheets["settings"]["setting"])


@pytest.mark.parametrize(
    ("side", "meaning", "names"),
    [
        ("mentees", "skills", "Wants, Needs, Looking for, Skill gaps, Growth areas, Desired skills, Learning needs, Souhaits, Quiere aprender, Lernbedarf, Wensen"),
        ("mentors", "skills", "Offers, Offer, Can teach, Specialities, Knowledge, Experience in, Competencies, Kann helfen bei, Points forts, Puede enseñar, Biedt aan"),
        ("mentees", "goals", "Objectives, Aims, Lernziele, Objectif"),
        ("mentors", "capacity", "Mentees max, Mentee limit, Spots, Maximum mentees"),
    ],
)  # fmt: skip
def test_a_column_is_known_by_the_short_names_that_people_give_it(side: str, meaning: str, names: str) -> None:
    unknown = [name for name in names.split(", ") if columns_of(["Name", name], side).chosen != {meaning: name}]
    assert unknown == []


def test_a_merged_cell_holds_for_all_of_its_rows_and_a_hidden_row_is_told(tmp_path):

    with xlsxwriter.Workbook(str(tmp_path / "mentees.xlsx")) as book:
        sheet = book.add_worksheet()
        rows = [["Skills", "Email"], ["sql", "a@x.org"], ["", "b@x.org"], ["art", "c@x.org"]]
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
        sheet.merge_range("A2:A3", "sql")
        sheet.set_row(3, None, None, {"hidden": True})
    (tmp_path / "mentors.csv").write_text("Email,Skills,Seats\nk@x.org,art,1\nl@x.org,sql,2\n")
    people = read_people(
        {"mentees": tmp_path / "mentees.xlsx", "mentors": tmp_path / "mentors.csv"}, as_of=date(2026, 1, 15)
    )
    assert people.mentees["skills"].to_list() == [["sql"], ["sql"], ["art"]]
    assert "mentees.xlsx: 1 row is hidden in the sheet and read like the others." in people.said
