"""People who have only two spreadsheets: the files in, the pairs out, and what is wrong said with file, row and column."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.spreadsheets import SheetRefused, read_people, write_table

MENTEES = """ID;Skills wanted;Languages;Time zone;Level;Manager;Preferred
ann;sql | planning;en|de;Europe/Berlin;2;kim;lee
bob;planning;en;+1;2;lee;

cem;writing;de;UTC+5.5;3;;
"""
MENTORS = """id,skills offered,languages,time zone,level,seats,manager,shoe size
kim,sql,en;de,Europe/London,5,2,,44
lee,sql;planning,en,Europe/Paris,5,1,kim,39
mia,writing,de,Asia/Kolkata,5,1,kim,40
"""


@pytest.fixture
def sheets(tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "mentees.csv").write_text(MENTEES)
    (tmp_path / "mentors.csv").write_text(MENTORS)
    return {"mentees": tmp_path / "mentees.csv", "mentors": tmp_path / "mentors.csv"}


def test_sheets_become_the_engines_frames(sheets: dict[str, Path]) -> None:
    mentees, mentors = read_people(sheets, as_of=date(2026, 1, 15))
    assert mentees["skills"].to_list() == [["sql", "planning"], ["planning"], ["writing"]]
    assert mentees["utc_offset_hours"].to_list() == [1.0, 1.0, 5.5]
    assert mentees["reporting_line"].to_list() == [["kim"], ["lee", "kim"], []], "the chain goes on in the other sheet"
    assert mentors["capacity"].to_list() == [2, 1, 1]
    assert mentors["utc_offset_hours"].to_list() == [0.0, 1.0, 5.5]


@pytest.mark.parametrize("ending", [".xlsx", ".parquet"])
def test_every_format_says_the_same(sheets: dict[str, Path], tmp_path: Path, ending: str) -> None:
    expected = read_people(sheets, as_of=date(2026, 1, 15))
    raw = pl.read_csv(sheets["mentors"], infer_schema=False)
    write_table(raw, tmp_path / f"mentors{ending}")
    found = read_people({**sheets, "mentors": tmp_path / f"mentors{ending}"}, as_of=date(2026, 1, 15))
    assert found[1].equals(expected[1])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",2,,44", ",two,,44", r"mentors\.csv, row 2: seats is 'two', not a whole number of 0 or more"),
        ("Europe/Paris", "Europe/Atlantis", r"mentors\.csv, row 3: time zone is 'Europe/Atlantis', not a zone such as"),
        ("mia,", "lee,", r"mentors\.csv, row 4: the id 'lee' occurs twice"),
        ("mia,", ",", r"mentors\.csv, row 4: id is empty"),
        ("id,", "nickname,", r"mentors\.csv has no column `id`; it has nickname, skills offered"),
        ("shoe size", "skill", r"mentors\.csv: the columns 'skills offered' and 'skill' both mean skills"),
    ],
)
def test_what_is_wrong_is_said_with_file_row_and_column(
    sheets: dict[str, Path], old: str, new: str, message: str
) -> None:
    sheets["mentors"].write_text(MENTORS.replace(old, new))
    with pytest.raises(SheetRefused, match=message):
        read_people(sheets, as_of=date(2026, 1, 15))


def test_the_command_matches_two_sheets_without_a_warehouse(sheets: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "out" / "pairs.csv"
    ended = CliRunner().invoke(app, ["match", *map(str, sheets.values()), "--out", str(out)])
    assert ended.exit_code == 0, ended.output
    pairs = pl.read_csv(out)
    assert dict(pairs.select("mentee", "mentor").iter_rows()) == {"ann": "lee", "cem": "mia"}
    assert "2 of 3 mentees matched" in ended.output
    assert pl.read_csv(out.with_stem("pairs_unmatched"))["application_id"].to_list() == ["bob", "kim"]


def test_the_command_explains_and_answers_what_if(sheets: dict[str, Path]) -> None:
    words = [
        "match",
        *map(str, sheets.values()),
        "--explain",
        "bob",
        "--why-not",
        "bob",
        "kim",
        "--what-if",
        "without:own_reporting_line",
    ]
    ended = CliRunner().invoke(app, words)
    assert ended.exit_code == 0, ended.output
    flat = " ".join(ended.output.split())
    assert "bob has no mentor: the rule that keeps people out of their own reporting line" in flat
    assert "Not allowed by the rule that keeps people out of their own reporting line" in flat
    assert "3 of 3 mentees are matched (+1)" in flat


def test_a_request_that_is_not_understood_shows_how_to_write_it(sheets: dict[str, Path]) -> None:
    ended = CliRunner().invoke(app, ["match", *map(str, sheets.values()), "--what-if", "more seats"])
    assert ended.exit_code == 1
    assert "write seats:MENTOR=+2" in ended.output


def test_a_programme_file_sets_rules_and_weights(sheets: dict[str, Path], tmp_path: Path) -> None:
    programme = tmp_path / "mine.yaml"
    programme.write_text("matching:\n  hard_rules: [{rule: level_gap, minimum: 9}]\n  weights: {skills: 1}\n")
    ended = CliRunner().invoke(app, ["match", *map(str, sheets.values()), "--programme", str(programme)])
    assert "0 of 3 mentees matched" in ended.output
    programme.write_text("matching:\n  weights: {charm: 1}\n")
    ended = CliRunner().invoke(app, ["match", *map(str, sheets.values()), "--programme", str(programme)])
    assert "mine.yaml, line 2" in ended.output


def test_the_first_column_that_can_name_a_person_does(tmp_path: Path) -> None:
    mentees, mentors = tmp_path / "mentees.csv", tmp_path / "mentors.csv"
    mentees.write_text("Name,E-mail,Skills wanted\nAnn,ann@x.example,python\n")
    mentors.write_text("Full name,Skills offered\nMax,python\n")
    found = read_people({"mentees": mentees, "mentors": mentors}, as_of=date(2026, 10, 31))
    assert [frame["person_key"].to_list() for frame in found] == [["ann@x.example"], ["Max"]]
