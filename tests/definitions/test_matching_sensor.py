"""The matching is asked for again when what it starts from changed, and only then."""

import os
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pipelines.decisions import Decision, DecisionStore
from pipelines.defs.schedules import REMATCH, matching_inputs
from pipelines.settings import settings
from tests.definitions.test_recounts import TABLES, company


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("IMPACT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path))
    path = settings().warehouse
    path.parent.mkdir(parents=True)
    rows = company(1)
    with duckdb.connect(str(path)) as connection:
        for table, columns in TABLES.items():
            connection.execute(f"create schema if not exists {table.split('.')[0]}")
            connection.execute(f"create table {table} ({columns})")
            for row in rows[table]:
                connection.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
    return path


def look(cursor: str | None) -> tuple[bool, str | None]:
    """Whether a run is asked for, and the cursor afterwards."""
    told = matching_inputs(dg.build_sensor_context(cursor=cursor))
    if isinstance(told, dg.SkipReason):
        return False, cursor
    assert isinstance(told, dg.SensorResult)
    return bool(told.run_requests), told.cursor


@pytest.mark.parametrize(
    "change",
    [
        "update marts.applications set capacity = 3 where application_id = 'b1'",
        "update marts.applications set decision = 'withdrawn' where application_id = 'a1'",
        "insert into marts.employment_spells values ('p1', date '2026-10-01')",
        "insert into marts.application_preferences values ('a1', 'topic', 1, 'change')",
    ],
)
def test_applications_capacities_exits_and_wishes_ask_for_a_run_once(warehouse: Path, change: str) -> None:
    asked, cursor = look(None)
    assert asked
    assert look(cursor) == (False, cursor)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(change)
    asked, later = look(cursor)
    assert asked
    assert look(later) == (False, later)


def test_a_decision_asks_for_a_run(warehouse: Path) -> None:
    _, cursor = look(None)
    lock = Decision("x-1", 1, "lock", pairs=(("a1", "b1"),), actor="anna", reason="asked", made_at=datetime.now(UTC))
    DecisionStore(settings().decisions).record(lock)
    assert look(cursor)[0]


def test_while_a_run_writes_the_sensor_waits(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse.write_bytes(b"half a file")
    told = matching_inputs(dg.build_sensor_context(cursor="before"))
    assert isinstance(told, dg.SkipReason)
    assert "next look" in told.skip_message


def test_a_rematch_runs_from_the_decisions_to_the_snapshot_and_estimates_no_impact() -> None:
    from pipelines.definitions import defs

    job = defs().get_repository_def().get_job(REMATCH.name)
    keys = {"/".join(key.path) for key in job.asset_layer.executable_asset_keys}
    assert {
        "landing/decisions",
        "marts/match_decisions",
        "marts/published_pairs",
        "analytics/match_pairs",
        "serving/snapshot",
    } <= keys
    assert not [key for key in keys if key.startswith(("impact/", "metrics/", "reports/"))]
