"""Lists of pairs as programmes keep them: mentors who aren't found yet, headings between the rows, addresses beside names."""

import polars as pl
import pytest

from pipelines.contracts import BY_NAME
from pipelines.first_hour.plan_sources import sources_of
from pipelines.loading.pseudonyms import pseudonymise
from pipelines.sources import mapped_files
from pipelines.sources.records import SourceFile
from tests.unit.first_hour.made import answered, answered_rows, csv_file, planned
from tests.unit.first_hour.test_as_people_write import loaded

pytestmark = pytest.mark.slow

HEAD = ["Mentee", "Mentor", "Start date"]
WHOLE = ["Bob Bell", "Nina Moor", "2025-03-01"]


@pytest.mark.parametrize(
    "word",
    ["TBD", "to be assigned", "To be confirmed", "not yet matched", "Searching", "looking for a mentor", "waiting list", "wird noch gesucht", "noch offen", "en attente", "à définir", "por asignar", "-", ""],
)  # fmt: skip
def test_who_waits_for_a_mentor_is_no_pair_and_nobody_is_made_of_the_words(word: str):
    file = csv_file("pairs.csv", [HEAD, WHOLE, ["Cy Fox", word, "2025-03-01"]])
    assert loaded("pairs", "pair_members", file)["person_id"].sort().to_list() == ["name:Bob Bell", "name:Nina Moor"]
    (table,) = planned(file).tables
    assert table.left_out == ["1 row that names only one of the two"]
    assert [one.written for one in planned(file).persons.open] == []


def test_a_heading_between_the_rows_turns_no_address_into_another_id():
    rows = [["b@x.org", "n@x.org", "2025-03-01"], ["Cohort 2025", "", ""], ["c@x.org", "m@x.org", "2025-04-01"]]
    members = loaded("pairs", "pair_members", csv_file("pairs.csv", [HEAD, *rows]))
    assert members["person_id"].str.starts_with("email:").all()


@pytest.mark.parametrize("other", ["Ann Ames", "Ames, Ann"])
def test_addresses_and_names_in_one_column_are_read_each_for_itself(other: str):
    rows = [["b@x.org", "Nina Moor", "2025-03-01"], [other, "M@x.org", "2025-03-01"]]
    file = csv_file("pairs.csv", [HEAD, *rows])
    found = loaded("pairs", "pair_members", file).sort("person_id")["person_id"].to_list()
    assert found == ["email:b@x.org", "email:m@x.org", f"name:{other}", "name:Nina Moor"]


def test_numbers_and_addresses_in_one_column_are_read_each_for_itself():
    rows = [["1001", "n@x.org", "2025-03-01"], ["c@x.org", "1002", "2025-03-01"]]
    file = csv_file("pairs.csv", [HEAD, *rows])
    found = loaded("pairs", "pair_members", file).sort("person_id")["person_id"].to_list()
    assert found == ["email:c@x.org", "email:n@x.org", "people:1001", "people:1002"]


def test_a_row_without_one_of_the_two_is_counted_as_left_out():
    rows = [[f"m{n}@x.org", "" if n else "n@x.org", "2025-03-01"] for n in range(4)]
    made = sources_of(planned(csv_file("pairs.csv", [HEAD, *rows])))["pairs"]
    extract = mapped_files.read(made.files, {"mapping": made.mapping, "source_id": "pairs"})
    pairs = next(batch for batch in extract.batches if batch.table == "pairs")
    assert (pairs.rows.height, pairs.rejects.height) == (1, 0)
    assert pairs.filtered.filter(pl.col("reason") == "Mentor is empty")["rows"].sum() == 3


def couples(*rows: tuple[str, ...], header: tuple[str, ...] = ("Mentor", "Mentee")):
    return csv_file("pairs.csv", [header, *rows])


@pytest.mark.parametrize(
    "other", ["Dr. Ann Ames", "Ann Ames, PhD", "AMES, Ann", "Prof. Dr. Ann Ames", "Ann Ames (left)", "Mme Ann Ames"]
)
def test_titles_and_states_are_no_part_of_a_name(other: str):
    file = couples(("Ann Ames", "Bob Bell"), (other, "Dan Dorn"))
    members = answered_rows("pairs", "pair_members", file)
    assert members.filter(role="mentor")["person_id"].n_unique() == 1


@pytest.mark.parametrize("other", ["A. Ames", "Ann Marie Ames", "Ann Ames (Sales)"])
def test_initials_and_further_names_are_asked_about(other: str):
    spelled = planned(couples(("Ann Ames", "Bob Bell"), (other, "Dan Dorn"))).persons.spellings
    assert spelled is not None
    assert [set(alike) for alike in spelled.alike] == [{"Ann Ames", other}]


@pytest.mark.parametrize("written", ["Bob Bell", "R. Bell", "Robert J. Bell"])
def test_a_short_name_suggests_who_on_the_list_has_the_family_name(written: str):
    staff = csv_file("hr.csv", [["Employee ID", "First name", "Last name"], ["12", "Ann", "Ames"], ["13", "Robert", "Bell"], ["14", "Carl", "Cox"]])  # fmt: skip
    named = {one.written: one for one in planned(couples(("Ann Ames", written)), staff).persons.named}
    assert [one.name for one in named[written].suggestions] == ["Robert Bell"]


@pytest.mark.parametrize("word", ["da definire", "nog geen", "a definir", "ej tilldelad", "nessuno"])
def test_nobody_yet_in_further_languages_is_nobody(word: str):
    assert answered_rows("pairs", "pairs", couples((word, "Bob Bell"), ("Ann Ames", "Dan Dorn"))).height == 1


@pytest.mark.parametrize("word", ["in corso", "lopend", "em curso", "pågår", "bis auf weiteres"])
def test_no_last_day_yet_in_further_languages_is_none(word: str):
    rows = (("Ann Ames", "Bob Bell", "15/01/2026", word), ("Cat Cole", "Dan Dorn", "20/01/2026", "15/07/2026"))
    pairs = answered_rows("pairs", "pairs", couples(*rows, header=("Mentor", "Mentee", "Start", "End")))
    assert pairs["actual_end_date"].is_null().to_list() == [True, False]


@pytest.mark.parametrize("total", ["Ann Ames Total", "Ann Ames Ergebnis", "Gesamtergebnis", "Totaal"])
def test_subtotals_of_a_pivot_table_are_nobody(total: str):
    file = couples(("Ann Ames", "Bob Bell", "2026-01-15"), (total, "1", ""), ("Cat Cole", "Dan Dorn", "2026-01-15"), header=("Mentor", "Mentee", "Start"))  # fmt: skip
    assert answered_rows("pairs", "pairs", file).height == 2


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("Zo? K?hler", "Bob Bell", "2026-01-15")], "has lost letters"),
        ([("Ann Ames", "Ames, Ann", "2026-01-15")], "names the same person as mentee and as mentor"),
        ([("Ann Ames", "Bob Bell", "2062-01-15")], "lies far ahead, on 15 January 2062"),
    ],
)
def test_what_can_be_read_and_is_hardly_meant_is_said(rows: list[tuple[str, ...]], words: str):
    file = couples(*rows, ("Cat Cole", "Dan Dorn", "2026-01-20"), header=("Mentor", "Mentee", "Start"))
    assert any(words in note for table in answered(file).tables for note in table.notes)


def test_the_same_two_twice_under_a_heading_of_both_kinds_are_asked_about():
    rows = (("Ann Ames", "Bob Bell", "2025-01-15"), ("Ann Ames", "Bob Bell", "2026-01-15"), ("Cat Cole", "Dan Dorn", "2026-01-15"))  # fmt: skip
    plan = planned(couples(*rows, header=("Mentor", "Mentee", "Start")))
    assert [sheet.title for sheet in plan.unknown] == ["pairs.csv"]


@pytest.mark.parametrize("name", ["Åsa", "Françoise", "Hélène", "Müller", "Renée"])
def test_one_name_of_an_old_mac_is_told_from_windows(name: str):
    file = SourceFile("pairs.csv", f"Mentor,Mentee\nAnn Ames,{name} Bell\nCat Cole,Dan Dorn\n".encode("mac_roman"))
    assert f"name:{name} Bell" in answered_rows("pairs", "pair_members", file)["person_id"].to_list()


@pytest.mark.parametrize("numbers", [("1.234", "1.235", "999"), ("1,234", "1,235", "1,236"), ("1 234", "1 235", "12")])
def test_staff_numbers_with_marks_of_thousands_meet_those_without(numbers: tuple[str, ...]):
    staff = csv_file("hr.csv", [["Employee ID", "Hire date"], *([number, "2019-03-01"] for number in numbers)])
    plain = [f"people:{''.join(mark for mark in number if mark.isdigit())}" for number in numbers]
    assert answered_rows("people", "persons", couples(("Ann Ames", "Bob Bell")), staff)["person_id"].to_list() == plain


def test_a_register_in_the_form_of_oneroster_is_no_list_of_employees():
    users = csv_file("users.csv", [["sourcedId", "status", "givenName", "familyName", "role", "email"], ["u1", "active", "Ann", "Ames", "teacher", "ann@s.org"]])  # fmt: skip
    assert "OneRoster" in planned(users).problems[0]


def test_a_pair_that_is_told_apart_by_its_people_is_stored_under_no_name():
    file = couples(("Ann Ames", "Bob Bell"))
    made = {name: answered_rows("pairs", name, file) for name in ("pairs", "pair_members")}
    stored = {name: pseudonymise(rows, BY_NAME[name], b"a key")[0] for name, rows in made.items()}
    assert "Ames" not in str(stored["pairs"].drop("raw_text").to_dicts())
    assert set(stored["pairs"]["pair_id"]) == set(stored["pair_members"]["pair_id"])


def test_a_period_in_one_cell_is_said():
    file = couples(("Ann Ames", "Bob Bell", "15.01.2026 - 30.06.2026"), header=("Mentor", "Mentee", "Period"))
    assert any("“Period” holds days and isn’t read" in note for note in answered(file).tables[0].notes)


def test_words_in_a_column_of_last_days_are_no_ends():
    rows = (("Ann Ames", "Bob Bell", "2026-01-15", "see notes"), ("Cat Cole", "Dan Dorn", "2026-01-20", "2026-06-30"))
    file = couples(*rows, header=("Mentor", "Mentee", "Start", "End"))
    assert [one.words for one in planned(file).open][:1] == ["1 pair has a date in “End”. Did it end as planned?"]
    only_words = couples(rows[0], header=("Mentor", "Mentee", "Start", "End"))
    assert answered_rows("pairs", "pairs", only_words)["status"].to_list() == ["active"]


def test_a_number_behind_a_name_leaves_nobody_out():
    file = couples(("Ann Ames (2)", "Bob Bell"), ("Ann Ames", "Dan Dorn"))
    assert answered_rows("pairs", "pair_members", file).height == 4


def test_a_column_that_tells_of_failed_meetings_only_decides_and_the_others_are_asked_about():
    rows = [
        ["Date", "Mentee", "Mentor", "No-show"],
        ["2026-03-02", "Ann", "Kim", "x"],
        ["2026-03-09", "Ann", "Kim", "no"],
        ["2026-03-16", "Ann", "Kim", "cancelled"],
        ["2026-03-23", "Ann", "Kim", ""],
    ]
    log = csv_file("log.csv", rows)
    held = answered_rows("meetings", "sessions", log, given={"log.csv||held|": "held"})
    assert held["status"].to_list() == ["no_show", "held", "cancelled", "held"]
    nobody_knows = answered_rows("meetings", "sessions", log, given={"log.csv||held|": "unknown"})
    assert nobody_knows["status"].to_list() == ["no_show", "unknown", "cancelled", "unknown"]


def test_none_of_them_is_an_answer_to_which_column_is_the_first_day():
    rows = [["Mentee", "Mentor", "Last reviewed"], ["Ann", "Kim", "2026-03-02"], ["Bob", "Lou", "2026-03-09"]]
    plan = answered(csv_file("pairs.csv", rows), given={"pairs.csv||column|actual_start_date": "|none"})
    assert plan.tables[0].columns["Last reviewed"][0] == "unused"


def test_a_heading_before_a_role_says_where_its_people_come_from():
    rows = [["Peer mentor", "Student mentee", "Preferred mentor"], ["Kim", "Ann", "Lou"]]
    assert planned(csv_file("list.csv", rows)).tables[0].kind == "pairs"
    assert planned(csv_file("list.csv", [["Preferred mentor", "Mentor meeting"], ["Lou", "1"]])).tables == []


@pytest.mark.parametrize(
    ("cells", "mentees"),
    [
        (["Ann Ash, Bob Bay", "Cem Cay"], {"Ann Ash", "Bob Bay", "Cem Cay"}),
        (["Garcia Lopez, Ana Maria", "Perez Diaz, Juan"], {"Garcia Lopez, Ana Maria", "Perez Diaz, Juan"}),
        (["Ash, Ann", "Bay, Bob"], {"Ash, Ann", "Bay, Bob"}),
    ],
)
def test_a_comma_parts_people_where_other_cells_name_them_without_one(cells, mentees):
    rows = [["Mentor", "Mentees", "Start"], *([f"Kim Kay{n}", cell, "2025-03-01"] for n, cell in enumerate(cells))]
    members = answered_rows("pairs", "pair_members", csv_file("pairs.csv", rows)).filter(pl.col("role") == "mentee")
    assert set(members["person_id"].str.strip_prefix("name:")) == mentees


def test_who_did_not_attend_by_a_column_of_their_own_was_not_met():
    rows = [
        ["Date", "Mentor", "Mentee", "Mentee attended"],
        ["2026-02-03", "Kim", "Ann", "Y"],
        ["2026-02-10", "Kim", "Ann", "N"],
    ]
    log = csv_file("log.csv", rows)
    held = answered_rows("meetings", "sessions", log, given={"log.csv||held|": "held"})
    assert held["status"].to_list() == ["held", "no_show"]


def test_days_of_people_under_headings_of_their_own_are_asked_about():
    rows = [
        ["Svc No", "Surname", "Enlisted", "Discharged"],
        ["3001", "Ash", "2019-03-04", ""],
        ["3002", "Bay", "2014-09-12", "2025-11-30"],
    ]
    roll = csv_file("roll.csv", rows)
    people = answered_rows("people", "persons", roll, csv_file("pairs.csv", [["Mentee", "Mentor"], ["Ann", "Kim"]]))
    assert people["latest_hire_date"].cast(pl.String).to_list() == ["2019-03-04", "2014-09-12"]
    assert people["termination_date"].cast(pl.String).to_list() == [None, "2025-11-30"]
