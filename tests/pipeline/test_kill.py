"""Killed at any moment, the published file stays valid and the next run completes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tests.demo_run import PROJECT, DemoRun, impact, run_environment

pytestmark = pytest.mark.pipeline


def published_values(data: Path) -> int:
    path = data / "serving" / (data / "serving/CURRENT").read_text().strip()
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("select count(*) from metric_values").fetchall()[0][0]


def kill_when(data: Path, words: str) -> None:
    """Start a run and kill it and its children with SIGKILL right after it has said `words`."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pipelines.cli", "run"],
        cwd=PROJECT,
        env=run_environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    for line in process.stdout:
        if words in line:
            time.sleep(0.4)
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def reports(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (data / "reports/latest").glob("leadership_report.*")}


def test_runs_killed_while_they_read_a_changed_file_leave_nothing_behind_and_the_next_run_gives_the_same_release(
    demo_run: DemoRun, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo_run.data, data)
    costs = data / "demo/platform/costs.csv"
    whole, published = costs.read_bytes(), (data / "serving/CURRENT").read_text()
    costs.write_bytes(b"\n".join(whole.splitlines()[:-1]) + b"\n")
    values = published_values(data)
    for moment in ("landing zone: surveys", "raw tables"):
        kill_when(data, moment)
        assert published_values(data) == values
    costs.write_bytes(whole)
    ended = impact(data, "run", "--again")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (data / "serving/CURRENT").read_text() == published
    assert DemoRun(data, ended.stdout, tmp_path).summary["content_hash"] == demo_run.summary["content_hash"]
    assert reports(data) == reports(demo_run.data)


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys,time\nfrom pathlib import Path\nfrom pipelines.warehouse import claim_writer\nclaim_writer(Path(sys.argv[1]))\nprint('held', flush=True)\ntime.sleep(60)", str(tmp_path / "warehouse/warehouse.duckdb")],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert holder.stdout.readline() == "held\n"
        ended = impact(tmp_path, "run")
        assert ended.returncode == 1
        assert "Another run is writing" in ended.stderr
    finally:
        holder.kill()
        holder.wait()
