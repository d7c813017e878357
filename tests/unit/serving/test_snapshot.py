"""A reader never meets a half-built file, whatever happens to the writer."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.serving.snapshot import content_hash, current, publish, write_tables


def release(value: int) -> dict[str, pl.DataFrame]:
    return {"release": pl.DataFrame({"content_hash": [str(value)]}), "numbers": pl.DataFrame({"n": list(range(value))})}


def count(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("select count(*) from numbers").fetchall()[0][0]


def test_the_pointer_moves_to_the_new_file_and_old_ones_stay_for_roll_back(tmp_path: Path) -> None:
    for value in (1, 2, 3, 4, 5):
        publish(tmp_path, lambda path, value=value: write_tables(path, release(value)), keep=3)
    assert count(current(tmp_path)) == 5
    assert len(list(tmp_path.glob("v*.duckdb"))) == 3


def test_a_build_that_fails_leaves_the_last_release_up(tmp_path: Path) -> None:
    publish(tmp_path, lambda path: write_tables(path, release(2)))

    def broken(path: Path) -> None:
        write_tables(path, release(9))
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        publish(tmp_path, broken)
    assert count(current(tmp_path)) == 2
    publish(tmp_path, lambda path: write_tables(path, release(3)))
    assert count(current(tmp_path)) == 3
    assert not list(tmp_path.glob(".*draft*"))


WRITER = """
import sys
from pathlib import Path
from pipelines.serving.snapshot import publish, write_tables
from tests.unit.serving.test_snapshot import release
folder = Path(sys.argv[1])
value = 10
print("ready", flush=True)
while True:
    publish(folder, lambda path: write_tables(path, release(value)))
    value += 1
"""


def test_a_writer_killed_at_any_moment_leaves_a_valid_release(tmp_path: Path) -> None:
    publish(tmp_path, lambda path: write_tables(path, release(1)))
    for attempt in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
        )
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(0.05 + 0.037 * attempt)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        assert count(current(tmp_path)) >= 1
    publish(tmp_path, lambda path: write_tables(path, release(7)))
    assert count(current(tmp_path)) == 7


def test_readers_see_whole_releases_while_a_writer_publishes(tmp_path: Path) -> None:
    publish(tmp_path, lambda path: write_tables(path, release(1)))
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    try:
        assert writer.stdout.readline() == b"ready\n"
        seen = set()
        until = time.monotonic() + 2
        while time.monotonic() < until:
            path = current(tmp_path)
            with duckdb.connect(str(path), read_only=True) as connection:
                rows, name = connection.execute(
                    "select count(*), (select content_hash from release) from numbers"
                ).fetchall()[0]
            assert rows == int(name)
            seen.add(rows)
    finally:
        writer.kill()
        writer.wait()
    assert len(seen) > 2


def test_the_content_hash_ignores_the_order_of_rows_and_sees_any_change() -> None:
    frame = pl.DataFrame({"a": [1, 2, 3]})
    assert content_hash({"t": frame}) == content_hash({"t": frame.reverse()})
    assert content_hash({"t": frame}) != content_hash({"t": frame.with_columns(pl.col("a") + 1)})
