"""What was declared when: a change after results exist stays visible, and one before them is just a new version."""

from datetime import date

import duckdb
import polars as pl

from pipelines.stages.declarations import noted_declarations
from pipelines.warehouse import replace_table


def warehouse(as_of: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(
        f"create schema raw_registry; create table raw_registry.workspace as select date '{as_of}' as as_of_date"
    )
    return connection


def note(connection: duckdb.DuckDBPyConnection, **declared: dict) -> pl.DataFrame:
    found = noted_declarations(connection, declared)
    connection.execute("create schema if not exists impact")
    replace_table(connection, "impact.declarations", found)
    return found


def results(connection: duckdb.DuckDBPyConnection, programme_id: str, estimate: float | None) -> None:
    replace_table(
        connection,
        "impact.estimates",
        pl.DataFrame(
            {"programme_id": [programme_id], "estimate": [estimate]},
            schema={"programme_id": pl.String, "estimate": pl.Float64},
        ),
    )


def test_the_same_declaration_is_noted_once() -> None:
    connection = warehouse("2026-01-31")
    note(connection, a={"outcomes": [1]})
    again = note(connection, a={"outcomes": [1]})
    assert again.height == 1
    assert again.row(0, named=True)["first_seen"] == date(2026, 1, 31)
    assert not again["is_changed_after_results"][0]


def test_a_change_before_results_is_a_version_and_no_warning() -> None:
    connection = warehouse("2026-01-31")
    note(connection, a={"outcomes": [1]})
    results(connection, "a", None)
    found = note(connection, a={"outcomes": [2]})
    assert found["version"].to_list() == [1, 2]
    assert found["is_current"].to_list() == [False, True]
    assert not found["is_changed_after_results"].any()


def test_a_change_after_results_is_shown_as_one_even_when_it_goes_back() -> None:
    connection = warehouse("2026-01-31")
    note(connection, a={"outcomes": [1]}, b={"outcomes": [1]})
    results(connection, "a", 0.3)
    note(connection, a={"outcomes": [2]}, b={"outcomes": [2]})
    found = note(connection, a={"outcomes": [1]}, b={"outcomes": [2]})
    assert found.filter(pl.col("programme_id") == "a")["is_changed_after_results"].to_list() == [False, True, True]
    assert not found.filter(pl.col("programme_id") == "b")["is_changed_after_results"].any()
