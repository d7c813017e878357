"""A full disk, memory that isn't enough and an account without a name are told in a sentence with the next step; nothing ends in a traceback."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from pipelines import cli
from pipelines.access.account import account, decider
from pipelines.audit_log import append, entries
from pipelines.environment import EnvironmentRefused, tidy
from pipelines.operations.health import health, metrics
from pipelines.run import _problem
from pipelines.unforeseen import LEAST_FREE, told_in_one_sentence

FULL = [
    OSError(28, "No space left on device"),
    OSError(122, "Disk quota exceeded"),
    RuntimeError("(sqlite3.OperationalError) database or disk is full"),
    RuntimeError('IO Error: Could not write file "a/warehouse.duckdb": No space left on device'),
]


def leave(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))


@pytest.mark.parametrize("problem", FULL, ids=str)
def test_a_full_disk_is_told_as_one_whatever_broke_by_it(tmp_path: Path, problem: Exception) -> None:
    told = told_in_one_sentence(problem, "impact", tmp_path)
    assert "a disk is full" in told
    assert "Next step: make room" in told
    assert "Traceback" not in cli._in_words(problem)
    assert "a disk is full" in cli._in_words(problem)


def test_where_nothing_is_left_of_the_disk_any_fault_is_told_as_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(monkeypatch, 4_096)
    assert "a disk is full (0 MB are free" in told_in_one_sentence(RuntimeError("disk I/O error"), "impact", tmp_path)


def test_a_step_of_dbt_that_met_a_full_disk_says_so(tmp_path: Path) -> None:
    error = SimpleNamespace(cls_name="DagsterDbtCliRuntimeError", message="dbt failed", cause=None, to_string=lambda: "IO Error: No space left on device")  # fmt: skip
    assert "a disk is full" in _problem("dbt_models", error, tmp_path)


@pytest.mark.parametrize("kind", ["OutOfMemoryException", "MemoryError"])
def test_memory_that_is_not_enough_names_the_setting(tmp_path: Path, kind: str) -> None:
    problem = type(kind, (Exception,), {})("failed to allocate 1 KB")
    assert "IMPACT_MEMORY_LIMIT" in told_in_one_sentence(problem, "impact", tmp_path)


def test_a_folder_that_cannot_be_written_hides_no_fault_and_shows_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    told = told_in_one_sentence(KeyError("Ada"), "impact", tmp_path)
    assert "KeyError" in told
    assert "let this account write there" in told
    assert "Ada" not in told
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path))
    assert "Traceback" not in cli._in_words(KeyError("Ada"))


def test_a_disk_that_is_nearly_full_is_a_problem_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    leave(monkeypatch, LEAST_FREE)
    assert health(tmp_path, tmp_path / "serving", now).problems == ()
    leave(monkeypatch, 500)
    found = health(tmp_path, tmp_path / "serving", now)
    assert [problem.key for problem in found.problems] == ["disk"]
    assert "impact_disk_free_bytes 500.0" in metrics(found, now, {}).decode()


def test_a_warehouse_whose_first_run_was_stopped_names_the_next_run() -> None:
    with duckdb.connect() as warehouse, pytest.raises(duckdb.CatalogException) as raised:
        warehouse.execute("from marts.cohorts")
    assert cli._in_words(raised.value).endswith("Next step: `impact run`.")


@pytest.fixture
def nameless(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that has a number and neither name nor home, as containers run under."""

    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", unknown)
    monkeypatch.setattr(os, "getuid", lambda: 12345, raising=False)
    monkeypatch.delenv("IMPACT_ACTOR", raising=False)


@pytest.mark.usefixtures("nameless")
def test_an_account_without_a_name_acts_under_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert account() == decider() == "user 12345"
    append(tmp_path / "log.jsonl", "exported", {})
    assert entries(tmp_path / "log.jsonl")[0]["actor"] == "user 12345"
    monkeypatch.setenv("IMPACT_ACTOR", "programme coordinator")
    assert (account(), decider()) == ("user 12345", "programme coordinator")


def test_a_home_folder_that_is_none_is_refused_by_the_settings_name() -> None:
    with pytest.raises(EnvironmentRefused, match="IMPACT_DATA begins with ~"):
        tidy({"IMPACT_DATA": "~nobody-of-this-name/data"})
