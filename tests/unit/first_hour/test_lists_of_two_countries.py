"""Numbers, names and reasons that several tables write each in its own way."""

import io

import polars as pl
import pytest
from xlsxwriter import Workbook

from pipelines.first_hour.plan_sources import sources_of
from pipelines.sources.records import SourceFile
from tests.unit.first_hour.made import answered, answered_rows, csv_file, planned

pytestmark = pytest.mark.slow

GERMAN = csv_file("DE.csv", [["Personalnummer", "Name", "Eintritt"], ["001", "Anna Groß", "13.02.2020"], ["002", "Ben Öz", "14.03.2021"]])  # fmt: skip
AMERICAN = csv_file("US.csv", [["Employee ID", "Name", "Hire Date"], ["001", "John Smith", "02/13/2020"], ["002", "Jane Doe", "03/15/2021"]])  # fmt: skip
BY_NAME = csv_file("pairs.csv", [["Mentor", "Mentee", "Start"], ["Jane Doe", "Anna Groß", "2026-01-10"], ["Ben Öz", "John Smith", "2026-01-10"]])  # fmt: skip


def test_one_number_in_two_lists_with_other_names_is_two_people():
    people = answered_rows("people", "persons", GERMAN, AMERICAN, BY_NAME)
    assert sorted(people["person_id"]) == ["people:001", "people:002", "people:US 001", "people:US 002"]
    named = answered_rows("names", "person_identifiers", GERMAN, AMERICAN, BY_NAME)
    assert dict(named.select("id_value", "person_id").iter_rows())["name:Jane Doe"] == "people:US 002"
    notes = [note for one in planned(GERMAN, AMERICAN, BY_NAME).tables for note in one.notes]
    assert any("001, 002 are other people’s in another list" in note for note in notes)


def test_a_number_that_two_lists_give_to_different_people_names_nobody_alone():
    pairs = csv_file("pairs.csv", [["Mentor", "Mentee", "Start"], ["001", "002", "2026-01-10"]])
    assert any("which two lists of people give to different people" in one for one in planned(GERMAN, AMERICAN, pairs).problems)  # fmt: skip


def test_a_later_list_of_the_same_people_is_no_second_list():
    later = csv_file("DE 2.csv", [["Personalnummer", "Name", "Eintritt"], ["001", "Anna Groß-Weber", "13.02.2020"], ["002", "Ben Öz", "14.03.2021"]])  # fmt: skip
    assert sorted(answered_rows("people", "persons", GERMAN, later, BY_NAME)["person_id"]) == ["people:001", "people:002"]  # fmt: skip


@pytest.mark.parametrize(
    "later",
    [("山田 太郎", "佐藤　花子"), ("Taro Yamada", "Hanako Sato"), ("ヤマダ 太郎・山田太郎", "佐藤花子")],
    ids=["blanks", "in Latin letters", "one respelled"],
)
def test_a_later_list_that_writes_the_names_otherwise_is_no_second_list(later: tuple[str, str]):
    lists = [
        csv_file(name, [["Employee ID", "Name", "Hire Date"], ["001", one, "2020-02-13"], ["002", other, "2021-03-14"]])
        for name, one, other in (("a.csv", "山田太郎", "佐藤花子"), ("b.csv", *later))
    ]
    assert sorted(answered_rows("people", "persons", *lists)["person_id"]) == ["people:001", "people:002"]


def test_a_staff_number_in_another_case_is_the_same_person():
    people = csv_file("hr.csv", [["Employee ID", "Name", "Hire Date"], ["ab12", "Ann Lee", "2020-01-31"], ["cd34", "Bob Ray", "2020-01-31"]])  # fmt: skip
    pairs = csv_file("pairs.csv", [["Mentee", "Mentor", "Start"], ["AB12", "CD34", "2025-01-31"]])
    members = answered_rows("pairs", "pair_members", people, pairs)
    assert sorted(members["person_id"]) == ["people:ab12", "people:cd34"]


def test_numbers_that_a_list_tells_apart_by_case_stay_two():
    people = csv_file("hr.csv", [["Employee ID", "Name", "Hire Date"], ["ab1", "Ann Lee", "2020-01-31"], ["AB1", "Bob Ray", "2020-01-31"]])  # fmt: skip
    pairs = csv_file("pairs.csv", [["Mentee", "Mentor", "Start"], ["ab1", "AB1", "2025-01-31"]])
    assert sorted(answered_rows("pairs", "pair_members", people, pairs)["person_id"]) == ["people:AB1", "people:ab1"]


@pytest.mark.parametrize("with_list", [True, False])
def test_a_pair_written_down_twice_in_two_spellings_has_one_id(with_list: bool):
    people = csv_file("hr.csv", [["Employee ID", "Name", "Hire Date"], ["1", "Kim Park", "2020-01-31"], ["2", "Ann Lee", "2020-01-31"]])  # fmt: skip
    pairs = csv_file("pairs.csv", [["Mentor", "Mentee", "Start"], ["Kim Park", "Ann Lee", "2025-01-31"], ["PARK, Kim", "Lee, Ann", "2025-01-31"]])  # fmt: skip
    rows = answered_rows("pairs", "pairs", *([people] if with_list else []), pairs)
    assert rows["pair_id"].n_unique() == 1


def test_how_a_pair_ended_is_told_by_its_reason_and_only_others_are_asked_about():
    rows = [
        ["Ann Lee", "Kim Park", "2025-01-31", "2025-06-30", "Programme finished"],
        ["Bob Ray", "Kim Park", "2025-01-31", "2025-03-31", "Mentor left the company"],
        ["Cem Oz", "Lou Diaz", "2025-01-31", "2025-02-15", "Elternzeit"],
        ["Dan Fo", "Lou Diaz", "2025-01-31", "", ""],
        ["Eva Li", "Mia Ek", "2025-01-31", "2025-04-30", "Sonderfall"],
        ["Fay Ro", "Mia Ek", "2025-01-31", "2025-04-30", "Goals not reached"],
    ]
    file = csv_file("pairs.csv", [["Mentee", "Mentor", "Start", "End", "End reason"], *rows])
    asked = [one.words for one in planned(file).open if "|reason|" in one.key]
    assert asked == [f"Did pairs with “{word}” in “End reason” end as planned?" for word in ("Goals not reached", "Sonderfall")]  # fmt: skip
    given = {"pairs.csv||reason|End reason|Sonderfall": "cancelled", "pairs.csv||reason|End reason|Goals not reached": "active"}  # fmt: skip
    states = answered_rows("pairs", "pairs", file, given=given)["status"].to_list()
    assert states == ["completed", "cancelled", "cancelled", "active", "cancelled", "active"]


def test_first_days_that_are_all_to_come_are_planned():
    file = csv_file("pairs.csv", [["Mentor", "Mentee", "Start"], ["Kim Park", "Ann Lee", "2027-01-31"], ["Lou Diaz", "Bob Ray", "2027-02-28"]])  # fmt: skip
    rows = answered_rows("pairs", "pairs", file)
    assert rows["actual_start_date"].null_count() == rows["planned_start_date"].count() == 2


def test_meetings_that_are_only_counted_stand_in_the_way_and_make_no_pairs():
    pairs = csv_file("pairs.csv", [["Mentor", "Mentee", "Start"], ["Kim Park", "Ann Lee", "2026-01-31"]])
    counts = csv_file("log.csv", [["Month", "Mentor", "Mentee", "Number of meetings"], ["2026-02", "Kim Park", "Ann Lee", 2], ["2026-03", "Kim Park", "Ann Lee", 1]])  # fmt: skip
    plan = answered(pairs, counts)
    assert any("counts meetings in “Number of meetings”, without the days" in one for one in plan.problems)
    assert sources_of(plan)["pairs"].files == (pairs,)


@pytest.mark.parametrize("above", [0, 2])
def test_a_merged_mentor_is_the_mentor_of_all_its_rows(above: int):
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Pairs")
        sheet.write_row(above, 1, ["Mentor", "Mentee", "E-mail", "Start"])
        for place, name in enumerate(("Ann Lee", "Bob Ray", "Cem Oz")):
            sheet.write_row(above + 1 + place, 2, [name, None, "2026-01-31"])
        sheet.merge_range(above + 1, 1, above + 2, 1, "Kim Park")
        sheet.write(above + 3, 1, "Lou Diaz")
    rows = answered_rows("pairs", "pair_members", SourceFile("pairs.xlsx", stream.getvalue()))
    mentors = rows.filter(pl.col("role") == "mentor")["person_id"].to_list()
    assert mentors == ["name:Kim Park", "name:Kim Park", "name:Lou Diaz"]


def test_who_answers_a_form_is_the_person_of_the_pairs_however_the_name_is_spelled():
    pairs = csv_file("pairs.csv", [["Mentor", "Mentee", "Start"], ["Kim Park", "Ann Lee", "2026-01-31"], ["Kim Park", "Bob Ray", "2026-01-31"]])  # fmt: skip
    form = csv_file("form.csv", [["Timestamp", "Name", "How useful was it to you?"], ["2026-10-10 09:00:00", "LEE, Ann", 5], ["2026-10-11 09:00:00", "bob ray", 4], ["2026-10-12 09:00:00", "Cy Fox", 1]])  # fmt: skip
    responses = answered_rows("survey", "survey_responses", pairs, form)
    assert sorted(responses["respondent_person_id"]) == ["name:Ann Lee", "name:Bob Ray", "name:Cy Fox"]
