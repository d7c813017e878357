"""A fetch that is killed at any moment leaves pages to go on from, and the tables end up as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import polars as pl

from tests.demo_run import PROJECT, run_environment
from tests.servers.bamboohr import KEY, company
from tests.servers.http import Answer, Call, LocalServer, serving

LOAD = """
from pipelines.workspace_loads import bring, load_sources
from pipelines.sources_configured import configured_sources
from pipelines.settings import settings
from pipelines.warehouse import connect

workspace, sources = settings(), configured_sources()
for source in sources:
    bring(source, lambda words: print(words, flush=True))
with connect(workspace.warehouse) as warehouse:
    load_sources(warehouse, sources, print)
"""
WORKSPACE = """
workspace: killed
as_of: 2026-10-31
programmes: {programmes}
sources:
  - id: hris
    connector: bamboohr_api
    options: {{base_url: "{url}", api_key: "${{BAMBOO_KEY}}", page_size: 4, level_field: customJobLevel}}
"""
SAME_AFTER_ANY_HISTORY = "* exclude (extracted_at, load_id, source_file)"


def start(workspace: Path, data: Path) -> subprocess.Popen[str]:
    environment = run_environment(data, IMPACT_WORKSPACE=str(workspace), BAMBOO_KEY=KEY, IMPACT_HASH_KEY=KEY)
    return subprocess.Popen(
        [sys.executable, "-c", LOAD],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finished(workspace: Path, data: Path) -> str:
    process = start(workspace, data)
    output = process.communicate(timeout=120)[0]
    assert process.returncode == 0, output
    return output


def tables(data: Path) -> dict[str, pl.DataFrame]:
    found = {}
    with duckdb.connect(str(data / "warehouse/warehouse.duckdb"), read_only=True) as connection:
        for name in ("persons", "person_identifiers", "employment_spells", "job_history"):
            query = f"select {SAME_AFTER_ANY_HISTORY} from raw_people.{name}"
            frame = connection.sql(query).pl()
            found[name] = frame.sort(frame.columns)
    return found


def killed_after(server: LocalServer, calls: int, workspace: Path, data: Path) -> None:
    """Start a load and kill it with SIGKILL as soon as the server has answered `calls` more calls."""
    until = len(server.calls) + calls
    process = start(workspace, data)
    deadline = time.monotonic() + 60
    while len(server.calls) < until and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def test_killed_at_any_page_the_next_run_gives_the_same_tables(tmp_path: Path) -> None:
    tenant = company(30)

    def slow(call: Call) -> Answer:
        time.sleep(0.02)
        return tenant(call)

    with serving(slow) as server:
        workspace = tmp_path / "workspace.yaml"
        workspace.write_text(
            WORKSPACE.format(url=server.url, programmes=PROJECT / "data/examples/demo_company/programmes")
        )
        finished(workspace, tmp_path / "whole")
        calls_of_one_read = len(server.calls)
        data = tmp_path / "data"
        for calls in (1, 2, 3):
            killed_after(server, calls, workspace, data)
        output = finished(workspace, data)
        calls_of_all = len(server.calls) - calls_of_one_read
        expected, found = tables(tmp_path / "whole"), tables(data)
    assert "goes on after page" in output
    assert calls_of_all <= calls_of_one_read + 3, "a page that was committed was asked for again"
    for name, frame in expected.items():
        assert frame.height > 0
        assert found[name].equals(frame), name
