"""Dagster's events are all there, in Dagster's own files, and whoever watches a run sees them come."""

import sqlite3
import threading
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipelines.operations.event_log import KEPT_OPEN, RunEventLog

pytestmark = pytest.mark.slow

SETTINGS = Path(__file__).parents[3] / "dagster.yaml"


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_bytes(SETTINGS.read_bytes())
    return dg.DagsterInstance.get()


@dg.asset
def counted() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"rows": 3})


def test_the_shipped_settings_use_it_and_its_runs_are_read_by_dagsters_own(instance: dg.DagsterInstance, tmp_path: Path) -> None:  # fmt: skip
    assert isinstance(instance.event_log_storage, RunEventLog)
    run = dg.materialize([counted], instance=instance)
    own = SqliteEventLogStorage(str(tmp_path / "history/runs"))
    kinds = [event.dagster_event_type for event in own.get_logs_for_run(run.run_id)]
    assert kinds == [event.dagster_event_type for event in instance.all_logs(run.run_id)]
    assert instance.get_latest_materialization_event(counted.key).asset_materialization.metadata["rows"].value == 3


def test_a_database_is_opened_once_a_run_and_few_stay_open(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    really = RunEventLog._opened
    monkeypatch.setattr(RunEventLog, "_opened", lambda self, shard: opened.append(shard) or really(self, shard))
    runs = [dg.materialize([counted], instance=instance).run_id for _ in range(KEPT_OPEN + 2)]
    assert [shard for shard in opened if shard in runs] == runs
    assert len(instance.event_log_storage._open) <= KEPT_OPEN


def test_who_watches_a_run_from_another_process_sees_its_events_come(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    watching, seen = RunEventLog(str(tmp_path / "history/runs")), threading.Event()
    run = instance.create_run_for_job(dg.define_asset_job("all", [counted]).resolve(asset_graph=dg.Definitions([counted]).get_repository_def().asset_graph))  # fmt: skip
    watching.watch(run.run_id, None, lambda event, cursor: seen.set())
    instance.report_engine_event("a word", run)
    assert seen.wait(10)
    watching.dispose()


def test_every_event_is_committed_as_it_comes(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    run = dg.materialize([counted], instance=instance)
    with sqlite3.connect(tmp_path / f"history/runs/{run.run_id}.db") as other:
        assert other.execute("select count(*) from event_logs").fetchone()[0] == len(instance.all_logs(run.run_id))


def test_the_tables_are_looked_for_once_and_again_after_a_wipe(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    really = SqliteEventLogStorage.has_table
    monkeypatch.setattr(SqliteEventLogStorage, "has_table", lambda self, name: looks.append(name) or really(self, name))
    storage = instance.event_log_storage
    assert storage.has_table("asset_keys")
    assert storage.has_table("asset_keys")
    assert not storage.has_table("no_such_table")
    storage.wipe()
    assert storage.has_table("asset_keys")
    assert looks.count("asset_keys") == 2
