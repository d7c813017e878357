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

from pipelines.serving.snapshot import content_hash, current, managers_of, publish, published_hash, write_tables

pytestmark = pytest.mark.slow


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


@pytest.mark.slow
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
        began = time.monotonic()
        while time.monotonic() < began + 2 or (len(seen) <= 2 and time.monotonic() < began + 60):
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


def published(folder: Path, value: int) -> Path:
    return publish(
        folder, lambda path: write_tables(path, release(value)), lambda path: write_tables(path, release(value))
    )


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def test_a_clock_that_was_put_back_hides_no_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published(tmp_path, 2)
    monkeypatch.setattr(time, "time_ns", lambda: 1)
    for value in (3, 4, 5, 6):
        published(tmp_path, value)
        assert count(current(tmp_path)) == value


@pytest.mark.parametrize("part", ["readers", "managers"])
def test_a_damaged_release_is_not_served_and_counts_as_not_published(tmp_path: Path, part: str) -> None:
    published(tmp_path, 2)
    newest = published(tmp_path, 3)
    flip_a_byte(newest if part == "readers" else managers_of(newest))
    assert count(current(tmp_path)) == 2
    assert published_hash(tmp_path) is None
    published(tmp_path, 3)
    assert (count(current(tmp_path)), published_hash(tmp_path)) == (3, "3")


@pytest.mark.parametrize("content", ["", "\n", "nonsense", "../elsewhere.duckdb", "v1.duckdb", "\x00\x01"])
def test_a_pointer_that_names_no_release_leaves_the_newest_up_and_the_next_run_publishes(
    tmp_path: Path, content: str
) -> None:
    published(tmp_path, 2)
    (tmp_path / "CURRENT").write_text(content)
    assert count(current(tmp_path)) == 2
    assert published_hash(tmp_path) is None


def test_hashes_of_releases_that_are_gone_go_too(tmp_path: Path) -> None:
    for value in range(1, 6):
        published(tmp_path, value)
    assert len(list(tmp_path.glob("*.sha256"))) == len(list(tmp_path.glob("*.duckdb"))) == 6
