"""Dagster as `impact dagster` serves it: what its pages start runs, what other pages send doesn't, and nothing stays behind."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.demo_run import DemoRun
from tests.pipeline.dagster_server import DagsterServer, wait_for

LATE_GROUPS = ("analytics", "impact", "serving", "reports")


@pytest.fixture(scope="module")
def server(demo_run: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagsterServer]:
    data = tmp_path_factory.mktemp("dagster") / "data"
    shutil.copytree(demo_run.data, data, ignore=shutil.ignore_patterns("dagster"))
    running = DagsterServer(data, {**os.environ, "IMPACT_DATA": str(data)})
    try:
        wait_for(lambda: running.ask("{ version }"), 180)
        yield running
    finally:
        running.process.kill()
        running.log.close()


def refused(request: Callable[[], Any]) -> int:
    with pytest.raises(urllib.error.HTTPError) as problem:
        request()
    return problem.value.code


def test_other_pages_and_other_host_names_are_refused(server: DagsterServer) -> None:
    assert refused(lambda: server.ask("{ version }", Origin="https://evil.example")) == 403
    assert refused(lambda: server.ask("{ version }", Host="evil.example")) == 403
    address = f"http://127.0.0.1:{server.port}/graphql?query=mutation%7Bwipe%7D"
    assert refused(lambda: urllib.request.urlopen(address, timeout=30)) == 405


def test_materializing_all_that_is_shown_of_several_stages_ends_well(server: DagsterServer) -> None:
    assert server.launch("__ASSET_JOB", server.keys(LATE_GROUPS))[1] == "SUCCESS"


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the processes' command lines")
def test_its_servers_end_with_it_even_when_it_is_killed(server: DagsterServer) -> None:
    def left() -> str:
        return subprocess.run(
            ["pgrep", "-f", f"operations.web.*--port {server.port}"], capture_output=True, text=True, check=False
        ).stdout

    assert left()
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    assert wait_for(lambda: not left(), 15)
