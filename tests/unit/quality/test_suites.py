"""Great Expectations suites: derived from the contract, readable, and a crash is no verdict on the data."""

import subprocess
import sys
from datetime import UTC, date, datetime

import polars as pl
import pytest

from pipelines.contracts import BY_NAME, TABLES, empty_frame
from pipelines.quality import suites
from pipelines.quality.suites import checks_for, validate

pytestmark = pytest.mark.slow

STANDARD = {
    "text": "x",
    "date": date(2020, 1, 1),
    "int": 1,
    "float": 1.0,
    "bool": False,
    "instant": datetime(2020, 1, 1, tzinfo=UTC),
}


def sound_frame(table, rows=3, **changes):
    columns = [c for c in table.all_columns if c.pii != "P2"]
    row = {
        c.name: "a" * 32
        if c.reference
        else (c.values or (int(c.minimum) if c.type == "int" and c.minimum else STANDARD[c.type],))[0]
        for c in columns
    }
    data = [
        {
            **row,
            table.key[-1]: f"{i:032x}"
            if isinstance(row[table.key[-1]], str)
            else date(2020, 1, 1 + i)
            if isinstance(row[table.key[-1]], date) and not isinstance(row[table.key[-1]], datetime)
            else row[table.key[-1]],
        }
        for i in range(rows)
    ]
    return pl.DataFrame(
        [{**entry, **changes} for entry in data], schema={c.name: empty_frame(table).schema[c.name] for c in columns}
    )


def failed(frame, table):
    return validate(frame, BY_NAME[table]).filter(~pl.col("passed")).to_dicts()


def test_a_sound_table_passes_every_check():
    assert failed(sound_frame(BY_NAME["persons"]), "persons") == []


@pytest.mark.parametrize(
    ("change", "check", "observed"),
    [
        ({"status": "retired"}, "allowed_values", "3 of 3 rows; for example retired"),
        ({"class_year": 1800}, "bounds", "3 of 3 rows; for example 1800.0"),
        ({"original_hire_date": date(1700, 1, 1)}, "bounds", "3 of 3 rows; for example 1700-01-01"),
        ({"original_hire_date": date(1600, 1, 1)}, "bounds", "3 of 3 rows; for example 1600-01-01"),
        ({"original_hire_date": date(9999, 12, 31)}, "bounds", "3 of 3 rows; for example 9999-12-31"),
        ({"person_kind": None}, "not_null", "3 of 3 rows"),
        ({"person_id": "email:ada@arbor.example"}, "pseudonymised", "3 of 3 rows"),
    ],
)
def test_what_is_against_the_contract_is_said_in_words_with_a_sample_that_names_nobody(change, check, observed):
    rows = failed(sound_frame(BY_NAME["persons"], **change), "persons")
    found = next(row for row in rows if row["check_name"] == check)
    assert found["observed"] == observed
    assert found["severity"] == "error"
    assert "ada@" not in str(rows)


def test_two_rows_of_one_key_and_no_rows_at_all_are_seen():
    frame = sound_frame(BY_NAME["persons"], rows=1)
    assert [row["check_name"] for row in failed(pl.concat([frame, frame]), "persons")] == ["one_row_a_key"]
    assert failed(frame.clear(), "persons") == []  # pairs and a survey alone are a workspace too
    programmes = sound_frame(BY_NAME["programmes"], rows=1)
    assert [row["check_name"] for row in failed(programmes.clear(), "programmes")] == ["has_rows"]


def test_a_check_that_crashes_is_told_from_one_that_fails():
    rows = failed(sound_frame(BY_NAME["persons"]).drop("class_year"), "persons")
    assert [(row["check_name"], row["severity"]) for row in rows] == [
        ("columns_present", "error"),
        ("bounds", "crashed"),
    ]
    assert "missing: class_year" in rows[0]["observed"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_required_column_of_a_table_is_checked(table):
    checked = {check.column_name for check in checks_for(table) if check.check_name == "not_null"}
    assert checked == {c.name for c in table.all_columns if c.required and c.pii != "P2"}


def test_importing_the_gate_does_not_import_great_expectations_or_pandas():
    code = "import sys, pipelines.loading.gate, pipelines.quality.suites; sys.exit(any(m in sys.modules for m in ('pandas', 'great_expectations')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", ["persons", "programmes", "survey_responses"])
def test_of_a_table_without_rows_the_same_is_said_as_great_expectations_says(name, monkeypatch):
    table = BY_NAME[name]
    frame = empty_frame(table).select(column.name for column in table.all_columns if column.pii != "P2")
    said = validate(frame, table)
    monkeypatch.setattr(suites, "ABOUT_THE_TABLE", frozenset(check.kind for check in checks_for(table)))
    assert validate(frame, table).equals(said)
    assert said.filter(~pl.col("passed"))["check_name"].to_list() == ["has_rows"] * (name == "programmes")
