"""Every DuckDB of a run takes as much memory as was said, spills where it was told, and leaves nothing behind."""

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

from pipelines.duckdb_config import MEMORY_LIMIT, clear_spills, dbt_environment, duckdb_config, spill_folder
from pipelines.warehouse import connect

PROJECT = Path(__file__).resolve().parents[3]
ASKED = "select current_setting('memory_limit'), current_setting('temp_directory')"


def test_a_connection_takes_half_of_the_machine_and_spills_beside_its_file(tmp_path: Path) -> None:
    with connect(tmp_path / "warehouse.duckdb") as warehouse, duckdb.connect(config={"memory_limit": "50%"}) as other:
        (memory, folder), (half, _) = (one.execute(ASKED).fetchall()[0] for one in (warehouse, other))
    assert memory == half
    assert folder == str(tmp_path / f".warehouse-{os.getpid()}.spill")


def test_the_environment_says_how_much_and_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPACT_MEMORY_LIMIT", "300MiB")
    monkeypatch.setenv("IMPACT_SPILL", str(tmp_path / "fast"))
    with connect(tmp_path / "warehouse.duckdb") as warehouse:
        assert warehouse.execute(ASKED).fetchall() == [
            ("300.0 MiB", str(tmp_path / "fast" / f".warehouse-{os.getpid()}.spill"))
        ]
    assert dbt_environment(tmp_path / "warehouse.duckdb")["IMPACT_SPILL_OF_DBT"].startswith(str(tmp_path / "fast"))


def test_what_does_not_fit_is_written_to_a_folder_that_is_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPACT_MEMORY_LIMIT", "40MB")
    monkeypatch.setenv("IMPACT_SPILL", str(tmp_path / "fast"))
    with connect(tmp_path / "warehouse.duckdb") as warehouse:
        warehouse.execute("set threads = 1")
        warehouse.execute("create temp table wide as select i, sha256(i::varchar) as a from range(600000) as r(i)")
        assert any(spill_folder(tmp_path / "warehouse.duckdb").iterdir())
    assert not list((tmp_path / "fast").iterdir())


def test_what_a_killed_process_left_is_taken_away_and_what_a_running_one_needs_is_not(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True)  # fmt: skip
    left = tmp_path / f".warehouse-{ended.stdout.strip()}.spill"
    used = tmp_path / f".warehouse-{os.getpid()}.spill"
    for folder in (left, used):
        folder.mkdir()
        (folder / "rows").write_text("rows of people")
    clear_spills(tmp_path / "warehouse.duckdb")
    assert not left.exists()
    assert used.exists()


def test_dbt_opens_the_warehouse_as_every_other_connection_does(tmp_path: Path) -> None:
    profile = yaml.safe_load((PROJECT / "dbt_project/profiles.yml").read_text())
    options = profile["mentorship_impact"]["outputs"]["warehouse"]["config_options"]
    assert set(options) == set(duckdb_config(tmp_path / "warehouse.duckdb"))
    assert options["memory_limit"] == f"{{{{ env_var('IMPACT_MEMORY_LIMIT', '{MEMORY_LIMIT}') }}}}"


def test_no_database_is_opened_in_another_way() -> None:
    """Readers of the published snapshot have less of everything: dashboards/snapshot.py."""
    opened = {
        (path.relative_to(PROJECT).as_posix(), call)
        for path in (PROJECT / "pipelines").rglob("*.py")
        for call in re.findall(r"duckdb\.connect\((.*)\)", path.read_text())
        if "config=duckdb_config(" not in call
    }
    assert opened == set()
