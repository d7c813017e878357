"""Killed at any moment, the published file stays valid and the next run completes."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.demo_run import PROJECT, impact
from tests.pipeline.killed_runs import tried

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(1_200)]


def test_runs_killed_at_random_moments_leave_nothing_behind_and_the_next_one_ends_as_if_there_had_been_none(
    tmp_path: Path,
) -> None:
    """`make faults` does so with 200."""
    kills = tried(tmp_path, 4, seed=int(time.time()))
    assert (kills.number, kills.healed) == (4, 1)


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
