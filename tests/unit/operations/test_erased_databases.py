"""A database that somebody reads loses a person all the same, as soon as it is free."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.erasure.databases import erase_from_duckdb
from pipelines.erasure.traces import Traces

READS_A_WHILE = "import duckdb, sys, time; held = duckdb.connect(sys.argv[1], read_only=True); print('reads', flush=True); time.sleep(1)"


@pytest.mark.slow
def test_erasing_waits_for_who_reads_the_file(tmp_path: Path) -> None:
    path = tmp_path / "v1.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table pairs as select 'p1' as mentee_key union all select 'p2'")
    with subprocess.Popen([sys.executable, "-c", READS_A_WHILE, str(path)], stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        assert erase_from_duckdb(path, Traces(words=frozenset({"p1"}))) == 1
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("from pairs").fetchall() == [("p2",)]
