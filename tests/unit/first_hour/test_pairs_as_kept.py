"""Lists of pairs as programmes keep them: mentors who aren't found yet, headings between the rows, addresses beside names."""

import polars as pl
import pytest

from pipelines.first_hour.plan import sources_of
from pipelines.sources import mapped_files
from tests.unit.first_hour.made import csv_file, planned
from tests.unit.first_hour.test_as_people_write import loaded

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
