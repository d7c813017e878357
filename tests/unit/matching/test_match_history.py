"""Runs are remembered: each once, with the day of its data and its policy."""

from collections.abc import Iterator
from datetime import date

import duckdb
import polars as pl
import pytest

from pipelines.stages.match_history import noted_runs, policy_version
from pipelines.warehouse import replace_table


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema raw_registry; create schema analytics; create table raw_registry.workspace (as_of_date date)")  # fmt: skip
        yield connection


def note(warehouse: duckdb.DuckDBPyConnection, day: date, *runs: tuple[str, str]) -> pl.DataFrame:
    """What is kept after a day on which `runs` (run id, matching policy) were made."""
    warehouse.execute("delete from raw_registry.workspace")
    warehouse.execute("insert into raw_registry.workspace values (?)", [day])
    ids = {"run_id": [run for run, _ in runs], "programme_id": "p", "cohort_id": "C"}
    made = pl.DataFrame({**ids, "mentees": 90, "matched": 77}, schema_overrides={"run_id": pl.String})
    seen = pl.DataFrame({**ids, "matching_policy": [policy for _, policy in runs], "decided_revision": 0}, schema_overrides={"run_id": pl.String, "matching_policy": pl.String})  # fmt: skip
    kept = noted_runs(warehouse, made, seen)
    replace_table(warehouse, "analytics.match_history", kept)
    return kept


def test_a_run_that_was_made_before_keeps_its_day(warehouse: duckdb.DuckDBPyConnection) -> None:
    note(warehouse, date(2026, 9, 30), ("C:1", "{}"))
    kept = note(warehouse, date(2026, 10, 31), ("C:1", "{}"))
    assert kept.select("run_id", "as_of_date").rows() == [("C:1", date(2026, 9, 30))]


def test_a_run_stays_when_another_takes_its_place_or_no_cohort_is_formed(warehouse: duckdb.DuckDBPyConnection) -> None:
    note(warehouse, date(2026, 9, 30), ("C:1", "{}"))
    note(warehouse, date(2026, 10, 31), ("C:2", '{"weights": {"skills": 4}}'))
    kept = note(warehouse, date(2026, 11, 30))
    assert kept["run_id"].to_list() == ["C:1", "C:2"]
    assert kept["policy_version"].n_unique() == 2


def test_a_policy_is_the_same_in_any_order_and_another_with_another_weight() -> None:
    assert (
        policy_version('{"a": 1, "b": 2}') == policy_version('{"b": 2, "a": 1}') != policy_version('{"a": 1, "b": 3}')
    )
