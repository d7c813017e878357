"""People who have only two spreadsheets: the files in, the pairs out, and what is wrong said with file, row and column."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.matching_inputs.sent_times import sending_order
from pipelines.matching_inputs.sheet_terms import SheetRefused
from pipelines.matching_inputs.sheet_writing import write_table
from pipelines.matching_inputs.spreadsheets import read_people
from pipelines.matching_inputs.zones import offset_hours

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
    people = read_people(sheets, as_of=date(2026, 1, 15))
    mentees, mentors = people.mentees, people.mentors
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
    assert found.mentors.equals(expected.mentors)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",2,,44", ",many,,44", r"mentors\.csv, row 2: seats is 'many', not a whole number of 0 or more"),
        ("Europe/Paris", "Europe/Atlantis", r"mentors\.csv, row 3: time zone is 'Europe/Atlantis', not a zone such as"),
        ("mia,", "lee,", r"mentors\.csv, row 4: the id 'lee' occurs twice"),
        ("mia,", ",", r"mentors\.csv, row 4: id is empty"),
        ("id,", "nickname,", r"mentors\.csv has no column `id`; it has nickname, skills offered"),
        ("shoe size", "time zone", r"mentors\.csv: the columns 'time zone' and 'time zone .8.' both mean time_zone"),
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
    assert pl.read_csv(out.with_stem("pairs_unmatched"))["person"].to_list() == ["bob", "kim"]


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


@pytest.mark.parametrize(
    "slip",
    [
        ["--explain", "nobody"],
        ["--why-not", "nobody", "kim"],
        ["--why-not", "ann", "nobody"],
        ["--what-if", "seats:nobody=+1"],
        ["--what-if", "lock:ann=nobody"],
        ["--what-if", "without:astrology"],
        ["--what-if", "weight:charm=2"],
        ["--what-if", "more seats"],
        ["--programme", "nowhere.yaml"],
    ],
    ids=" ".join,
)
def test_every_slip_is_answered_with_what_to_do(sheets: dict[str, Path], slip: list[str]) -> None:
    ended = CliRunner().invoke(app, ["match", *map(str, sheets.values()), *slip])
    assert ended.exit_code == 1
    assert " Next step: " in " ".join(ended.output.split())


@pytest.mark.parametrize("words", [["one.csv"], []], ids=["one sheet", "no warehouse"])
def test_what_is_missing_is_asked_for(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path))
    ended = CliRunner().invoke(app, ["match", *words])
    assert ended.exit_code == 1
    assert " Next step: " in " ".join(ended.output.split())


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
    assert [frame["person_key"].to_list() for frame in (found.mentees, found.mentors)] == [["ann@x.example"], ["Max"]]


def answer(
    folder: Path, mentees: str | bytes, mentors: str | bytes = "id,skills\nkim,sql\nlee,planning\n", *words: str
) -> str:
    """What the command says, on one line, after it ended without a traceback."""
    for name, content in (("mentees", mentees), ("mentors", mentors)):
        (folder / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    ended = CliRunner().invoke(app, ["match", str(folder / "mentees.csv"), str(folder / "mentors.csv"), *words])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return " ".join(ended.output.split())


@pytest.mark.parametrize(
    ("mentees", "message"),
    [
        ("", "mentees.csv is empty. Next step:"),
        ("\n\n", "mentees.csv is empty. Next step:"),
        ("id,skills\n", "mentees.csv has a header and no row below it. Next step:"),
        ("id,skills\nann,sql,x,y\n", "mentees.csv, row 2: there are 4 cells below 2 column names. Next step:"),
        (
            'id,skills\nann,sql\nbob,"sql\ncem,x\n',
            "mentees.csv, row 3 or below: a quotation mark is opened and not closed",
        ),
        ("id,skills,demand\nann,sql,99999999999\n", "row 2: demand is '99999999999', not a whole number of 0 or more"),
        ("id,skills,level\nann,sql,99999999999999999999\n", "not a whole number"),
        ("id,skills,time zone\nann,sql," + "x" * 3000, f"time zone is '{'x' * 60}', not a zone such as"),
    ],
)
def test_a_broken_sheet_is_answered_with_one_sentence_and_the_next_step(
    tmp_path: Path, mentees: str, message: str
) -> None:
    assert message in answer(tmp_path, mentees)


@pytest.mark.parametrize(
    "sheet",
    [
        "Mentoring 2026\nmade by,HR\n\nid,skills\nmüller,sql\n".encode(),
        "id;skills;Büro\nmüller;sql;Köln\n".encode("cp1252"),
        "id\tskills\nmüller\tsql\n".encode("utf-16"),
        "\ufeffid,skills\r\nmüller,sql\r\n".encode(),
    ],
    ids=["a title above", "semicolons in cp1252", "tabs in utf-16", "utf-8 with a mark"],
)
def test_whatever_a_spreadsheet_program_writes_is_read(tmp_path: Path, sheet: bytes) -> None:
    (tmp_path / "mentees.csv").write_bytes(sheet)
    (tmp_path / "mentors.csv").write_text("id,skills\nkim,sql\n")
    paths = {side: tmp_path / f"{side}.csv" for side in ("mentees", "mentors")}
    mentees = read_people(paths, as_of=date(2026, 1, 15)).mentees
    assert mentees.select("application_id", "skills").rows() == [("müller", ["sql"])]


def test_a_workbook_may_begin_with_a_title_and_hold_numbers_for_ids(tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "mentees.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Mentees of spring")
        sheet.write_row(2, 0, ["ID", "Skills", "Level"])
        sheet.write_row(3, 0, [1042, "sql", 3])
        sheet.write_row(5, 0, [1043, "planning", "three"])
    (tmp_path / "mentors.csv").write_text("id,skills\nkim,sql\n")
    paths = {"mentees": tmp_path / "mentees.xlsx", "mentors": tmp_path / "mentors.csv"}
    with pytest.raises(SheetRefused, match=r"mentees\.xlsx, row 6: Level is 'three'"):
        read_people(paths, as_of=date(2026, 1, 15))


@pytest.mark.parametrize("name", ["notes.xlsx", "notes.parquet", "notes.docx", "."])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, name: str) -> None:
    if name != ".":
        (tmp_path / name).write_text("not a table")
    with pytest.raises(SheetRefused, match="Next step:"):
        read_people({"mentees": tmp_path / name, "mentors": tmp_path / name}, as_of=date(2026, 1, 15))


def test_seats_of_a_pool_are_shared_and_need_a_number(tmp_path: Path) -> None:
    mentees = "id,skills\nann,sql\nbob,planning\n"
    pooled = "id,skills,pool,pool seats\nkim,sql,lab,1\nlee,planning,lab,\n"
    assert "1 of 2 mentees matched" in answer(tmp_path, mentees, pooled)
    assert "the pool 'lab' has no number of seats" in answer(tmp_path, mentees, pooled.replace(",1", ","))
    assert "row 3: the pool 'lab' has 2 seats here and 1 above" in answer(
        tmp_path, mentees, pooled.replace("lab,\n", "lab,2\n")
    )
    assert "pool seats is 'few', not a whole number" in answer(tmp_path, mentees, pooled.replace(",1", ",few"))


def test_groups_are_audited_from_a_file_and_change_no_pair(tmp_path: Path) -> None:
    mentees = "id,skills\n" + "".join(f"m{k},sql\n" for k in range(12))
    groups = tmp_path / "groups.csv"
    groups.write_text(
        "person;attribute;value\n" + "".join(f"m{k};site;{'north' if k < 6 else 'south'}\n" for k in range(12))
    )
    plain = tmp_path / "plain.csv"
    out = tmp_path / "pairs.csv"
    answer(tmp_path, mentees, "id,skills,seats\nkim,sql,7\n", "--out", str(plain))
    said = answer(tmp_path, mentees, "id,skills,seats\nkim,sql,7\n", "--groups", str(groups), "--out", str(out))
    assert "Groups" in said
    audit = pl.read_csv(tmp_path / "pairs_groups.csv")
    assert audit["value"].to_list() == ["north", "south"]
    assert audit["matched"].sum() == 7
    assert out.read_text() == plain.read_text()
    groups.write_text("person,attribute,value\nm1,site,north\nm1,site,south\n")
    assert "m1 has two values of site" in answer(tmp_path, mentees, "id,skills\nkim,sql\n", "--groups", str(groups))
    groups.write_text("person,attribute,value\nzoe,site,north\n")
    assert "names nobody of the two sheets" in answer(
        tmp_path, mentees, "id,skills\nkim,sql\n", "--groups", str(groups)
    )
    groups.write_text("person,value\nm1,north\n")
    assert "has no column attribute" in answer(tmp_path, mentees, "id,skills\nkim,sql\n", "--groups", str(groups))


def test_a_quota_without_groups_and_limits_on_a_text_are_refused(tmp_path: Path) -> None:
    programme = tmp_path / "mine.yaml"
    programme.write_text(
        "matching:\n  weights: {skills: 1}\n  quota: {attribute: site, legal_basis: law, approved_by: us}\n"
    )
    words = ("--programme", str(programme))
    mentors = "id,skills\nkim,sql\n"
    assert "declares a quota for site" in answer(tmp_path, "id,skills\nann,sql\n", mentors, *words)
    programme.write_text(
        "matching:\n  weights: {skills: 1}\n  hard_rules:\n    - {rule: population, side: mentee, column: department, minimum: 2}\n"
    )
    assert "line 4: in matching, department is no number" in answer(tmp_path, "id,skills\nann,sql\n", mentors, *words)


def test_exclusions_of_people_who_are_in_no_sheet_are_told(tmp_path: Path) -> None:
    said = answer(tmp_path, "id,skills,excluded\nann,sql,kym\nbob,planning,kim;lee\n")
    assert "mentees.csv: excluded names kym, not found in the other sheet" in said
    assert "1 of 2 mentees matched" in said


@pytest.mark.parametrize("word", ["weight:skills=nan", "weight:skills=-3", "seats:kim=", "lock:ann"])
def test_a_change_without_sense_shows_how_to_write_it(tmp_path: Path, word: str) -> None:
    assert "write seats:MENTOR=+2" in answer(
        tmp_path, "id,skills\nann,sql\n", "id,skills\nkim,sql\n", "--what-if", word
    )


def test_managers_in_a_circle_end_the_line_and_nobody_gets_their_own(tmp_path: Path) -> None:
    said = answer(tmp_path, "id,skills,manager\nann,sql,kim\n", "id,skills,manager\nkim,sql,lee\nlee,sql,kim\nmia,,\n")
    assert "1 of 1 mentee matched" in said
    assert "│ ann │ mia │" in said.replace("┃", "│")


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Munich", 1.0),
        ("München, Deutschland", 1.0),
        ("San Francisco", -8.0),
        ("Bengaluru", 5.5),
        ("UTC−5", -5.0),
        ("UTC + 9:00", 9.0),
    ],
)
def test_zones_are_read_by_cities_and_signs_as_people_write_them(text: str, hours: float) -> None:
    assert offset_hours(text, date(2026, 11, 3)) == hours


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["2026-01-05 10:00", "2026-01-02 10:00"], [1, 0]),
        (["1/13/2026 9:00", "1/5/2026 10:00:00"], [1, 0]),
        (["13.01.2026 09:05:01", "02.02.2026 09:00"], [0, 1]),
        (["2026/01/05 1:00:00 PM UTC+1", "2026/01/05 10:00:00 AM UTC+1"], [1, 0]),
        (["11/3/26 9:00", "11/3/26 10:00"], [0, 1]),
        (["2/1/2026 9:00", "1/3/2026 9:00", "3/2/2026 9:00"], None),  # which number is the month isn't known
        (["3", "1", "2"], [2, 0, 1]),
        (["yesterday", "today"], None),
        ([None, None], None),
    ],
)
def test_answers_are_ordered_by_when_they_were_sent(cells: list[str | None], order: list[int] | None) -> None:
    assert sending_order(cells) == order


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Central European Summer Time", 1.0),
        ("Sydney AEST (UTC+10)", 10.0),
        ("Singapur", 8.0),
        ("Berlin (Germany)", 1.0),
        ("EST (GMT-5)", -5.0),
    ],
)
def test_zones_with_words_around_them_are_read(text: str, hours: float) -> None:
    assert offset_hours(text, date(2026, 1, 15)) == hours
