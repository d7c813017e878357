"""Exports of several months dropped one after the other: what the newest says holds, whatever their columns are called."""

import pytest

from tests.unit.first_hour.made import csv_file, planned
from tests.unit.first_hour.test_as_people_write import loaded

pytestmark = pytest.mark.slow

OLD = [["Employee ID", "Hire Date", "Termination Date"], ["1", "2020-01-01", ""], ["2", "2020-01-01", "2021-05-05"]]
NEW = [["1", "2020-01-01", "2026-03-31"], ["2", "2020-01-01", "2021-05-05"]]


@pytest.mark.parametrize("header", ["Termination Date", "Last working day"])
@pytest.mark.parametrize("names", [("hr_2026-02.csv", "hr_2026-04.csv"), ("staff.csv", "new staff.csv")])
def test_who_has_left_by_the_newer_list_has_left(names: tuple[str, str], header: str):
    older = csv_file(names[0], OLD)
    newer = csv_file(names[1], [["Employee ID", "Hire Date", header], *NEW])
    for files in ((older, newer), (newer, older)):
        spells = loaded("people", "employment_spells", *files).sort("person_id")
        assert [str(day) for day in spells["end_date"]] == ["2026-04-01", "2021-05-06"]
        assert loaded("people", "persons", *files).height == 2
    told = [note for one in planned(older, newer).tables for note in one.notes if "newer one holds" in note]
    assert told == [f"where “{names[0]}” tells of the same, this newer one holds"]


def test_a_pair_that_has_ended_by_the_newer_list_has_ended():
    head = ["Mentee", "Mentor", "Start date", "End date", "Status"]
    older = csv_file("pairs_2026-02.csv", [head, ["Bob Bell", "Nina Moor", "2025-01-01", "", "active"]])
    newer = csv_file("pairs_2026-03.csv", [head, ["Bob Bell", "Nina Moor", "2025-01-01", "2026-03-01", "completed"]])
    pairs = loaded("pairs", "pairs", older, newer)
    assert pairs.select("status", "actual_end_date").rows()[0][0] == "completed"
    assert pairs.height == 1
