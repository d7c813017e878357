"""Lists of people as HR systems export them: kinds of workers, shares of full time, states behind names, people who came back under another name."""

import pytest

from pipelines.first_hour.names import plain_name
from tests.unit.first_hour.made import csv_file, planned, workbook
from tests.unit.first_hour.test_as_people_write import loaded

pytestmark = pytest.mark.slow

HEAD = ["Employee ID", "Hire date", "Termination date"]


@pytest.mark.parametrize(
    ("header", "contractor"), [("Worker Type", "Contingent Worker"), ("Mitarbeiterkreis", "Leiharbeitnehmer")]
)
def test_who_works_here_without_being_employed_is_no_employee(header: str, contractor: str):
    rows = [["1", "2020-01-01", "", "Employee"], ["2", "2020-01-01", "2022-01-01", contractor]]
    persons = loaded("people", "persons", csv_file("hr.csv", [[*HEAD, header], *rows])).sort("person_id")
    assert persons["person_kind"].to_list() == ["employee", "contractor"]


def test_a_kind_of_worker_that_nobody_knows_is_asked_about():
    rows = [["1", "2020-01-01", "", "Type A"], ["2", "2020-01-01", "2022-01-01", "Employee"]]
    plan = planned(csv_file("hr.csv", [[*HEAD, "Worker Type"], *rows]))
    assert "What does “Type A” in “Worker Type” mean?" in [question.words for question in plan.open]


@pytest.mark.parametrize(
    ("header", "cells", "shares"),
    [
        ("Beschäftigungsgrad", ["100", "50"], [1.0, 0.5]),
        ("FTE", ["100%", "62.5 %"], [1.0, 0.625]),
        ("FTE", ["1", "0.5"], [1.0, 0.5]),
        ("FTE", ["38.5", "20"], [None, None]),
    ],
)
def test_shares_of_full_time_are_read_in_percent_too_and_hours_not_at_all(
    header: str, cells: list[str], shares: list[float | None]
):
    rows = [["1", "2020-01-01", "", "IT", cells[0]], ["2", "2020-01-01", "2022-01-01", "IT", cells[1]]]
    jobs = loaded("people", "job_history", csv_file("hr.csv", [[*HEAD, "Department", header], *rows]))
    assert jobs.sort("person_id")["fte"].to_list() == shares


def test_who_came_back_under_another_family_name_is_one_person_by_the_newest_line():
    head = ["Employee ID", "Last name", "First name", "Hire date", "Termination date"]
    rows = [["1", "Smith", "Ann", "2015-01-01", "2018-06-30"], ["1", "Jones", "Ann", "2020-02-01", ""]]
    (person,) = loaded("people", "persons", csv_file("hr.csv", [head, *rows])).iter_rows(named=True)
    assert (person["family_name"], person["termination_date"]) == ("Jones", None)


@pytest.mark.parametrize("state", ["(On Leave)", "(Terminated)", "[C]", "(beurlaubt)"])
def test_a_state_behind_a_name_is_no_part_of_it(state: str):
    assert plain_name(f"Bo Li {state}") == plain_name("Bo Li")
    assert plain_name("Bo Li (Bonn)") != plain_name("Bo Li")


def test_headers_of_an_sap_report_are_known():
    rows = [["00001001", "Müller, Anna", "2020-01-15", ""], ["00001002", "Öz, İpek", "2021-02-01", "2024-03-31"]]
    people = loaded("people", "persons", csv_file("hr.csv", [["Pers.No.", "Name", "Entry", "Leaving"], *rows]))
    assert people["person_id"].to_list() == ["people:00001001", "people:00001002"]
    assert people["termination_date"].count() == 1


def test_two_who_are_a_pair_in_the_tabs_of_two_years_are_two_pairs():
    head = ["Mentee", "Mentor", "Start", "End"]
    tabs = {
        "2023": [head, ["a@x.org", "m@x.org", "2023-01-01", "2023-12-31"]],
        "2024": [head, ["a@x.org", "m@x.org", "2024-01-01", ""]],
    }
    pairs = loaded("pairs", "pairs", workbook("pairs.xlsx", tabs))
    assert pairs["actual_start_date"].dt.year().sort().to_list() == [2023, 2024]


@pytest.mark.parametrize("header", ["Attended?", "Did the meeting take place?", "Stattgefunden"])
def test_a_log_that_says_no_holds_no_meeting_without_asking(header: str):
    pairs = csv_file("pairs.csv", [["Mentee", "Mentor"], ["a@x.org", "m@x.org"]])
    rows = [["2026-02-03", "m@x.org", "a@x.org", "Yes"], ["2026-02-13", "m@x.org", "a@x.org", "No"]]
    plan = planned(pairs, csv_file("log.csv", [["Date", "Mentor", "Mentee", header], *rows]))
    asked = {topic: one.words for one in plan.open for topic in one.key.split("|")}
    assert asked.get("value") == f"What does “No” in “{header}” mean?"
    assert "held" not in asked


@pytest.mark.parametrize("headers", [("Timestamp", "Apply as"), ("Zeitstempel", "Ich möchte teilnehmen als")])
def test_a_form_of_applications_is_no_list_of_people(headers: tuple[str, str]):
    rows = [["13.03.2026 09:10", "a@x.org", "Mentee"], ["14.03.2026 09:10", "b@x.org", "Mentor"]]
    (table,) = planned(csv_file("apps.csv", [[headers[0], "Email", headers[1]], *rows])).tables
    assert (table.kind, table.rows) == ("applications", 2)


PEOPLE = ["Employee ID", "Hire date", "Country", "Consent analytics"]


def notes_of(*files) -> str:
    return " | ".join(note for table in planned(*files).tables for note in table.notes)


def test_what_a_proposal_would_ask_is_told_with_what_becomes_of_it():
    notes = notes_of(
        csv_file("hr.csv", [PEOPLE, ["1", "2020-01-15", "Germany", "maybe"], ["2", "2021-02-20", "France", "yes"]])
    )
    assert "“Country” is kept as it is written" in notes
    assert "rows where something else stands (maybe) can't be read" in notes


@pytest.mark.parametrize(
    "table",
    [
        [["Employee ID", "Hire date", "FTE"], ["1", "2020-01-15", "100"], ["2", "2021-02-20", "50"]],
        [["Employee ID", "Hire date", "Termination date"], ["1", "2020-01-15", "2022-02-28"]],
        [["Mentor", "Mentee", "Date"], ["Ann Lee", "Bo Li", "2026-01-15"], ["Ann Lee", "Cy Day", "2026-02-20"]],
        [["Employee ID", "Name", "Degree"], ["1", "Ann Lee", "BSc"], ["2", "Bo Li", "MSc"]],
    ],
)
def test_nothing_that_is_taken_for_granted_is_said_in_the_words_of_mapping_files(table: list[list[str]]):
    notes = notes_of(csv_file("list.csv", table))
    assert notes
    assert "`" not in notes
