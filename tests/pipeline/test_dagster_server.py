"""Dagster as `impact dagster` serves it: what its pages start runs, what other pages send doesn't, and nothing stays behind."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.demo_run import DemoRun

LAUNCH = """
mutation ($parameters: ExecutionParams!) {
  launchPipelineExecution(executionParams: $parameters) { __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } }
}
"""
STATUS = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
ASSETS = "{ assetNodes { assetKey { path } groupName isMaterializable } }"
WHERE = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name } } } } }"
LATE_GROUPS = ("analytics", "impact", "serving", "reports")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running `impact dagster` on a copy of the demo's data."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        environment = {**os.environ, "IMPACT_DATA": str(data)}
        command = [sys.executable, "-m", "pipelines.cli", "dagster", "--port", str(self.port)]
        self.log = (data / "dagster.log").open("w")
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=subprocess.STDOUT)

    def ask(self, query: str, variables: dict | None = None, **headers: str) -> Any:
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        address = f"http://127.0.0.1:{self.port}/graphql"
        request = urllib.request.Request(address, data=body, headers={"content-type": "application/json", **headers})
        return json.load(urllib.request.urlopen(request, timeout=60))["data"]

    def materialize(self, groups: tuple[str, ...]) -> str:
        """What "Materialize all" sends for `groups`; the status in which the run ends."""
        nodes = [node for node in self.ask(ASSETS)["assetNodes"] if node["groupName"] in groups]
        where = self.ask(WHERE)["repositoriesOrError"]["nodes"][0]
        selector = {
            "repositoryName": where["name"],
            "repositoryLocationName": where["location"]["name"],
            "pipelineName": "__ASSET_JOB",
            "assetSelection": [{"path": node["assetKey"]["path"]} for node in nodes if node["isMaterializable"]],
            "assetCheckSelection": None,
        }
        parameters = {"mode": "default", "executionMetadata": {}, "runConfigData": "{}", "selector": selector}
        started = self.ask(LAUNCH, {"parameters": parameters})["launchPipelineExecution"]
        ended = ("SUCCESS", "FAILURE", "CANCELED")
        return wait_for(lambda: next((s for s in [self.status(started["run"]["runId"])] if s in ended), ""), 420)

    def status(self, run_id: str) -> str:
        return str(self.ask(STATUS, {"id": run_id})["runOrError"]["status"])


def wait_for(found: Callable[[], Any], seconds: float) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if answer := found():
                return answer
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.5)
    raise AssertionError(f"nothing within {seconds} s")


@pytest.fixture(scope="module")
def server(demo_run: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("dagster") / "data"
    shutil.copytree(demo_run.data, data, ignore=shutil.ignore_patterns("dagster"))
    running = Server(data)
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


def test_other_pages_and_other_host_names_are_refused(server: Server) -> None:
    assert refused(lambda: server.ask("{ version }", Origin="https://evil.example")) == 403
    assert refused(lambda: server.ask("{ version }", Host="evil.example")) == 403
    address = f"http://127.0.0.1:{server.port}/graphql?query=mutation%7Bwipe%7D"
    assert refused(lambda: urllib.request.urlopen(address, timeout=30)) == 405


def test_materializing_all_that_is_shown_of_several_stages_ends_well(server: Server) -> None:
    assert server.materialize(LATE_GROUPS) == "SUCCESS"


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the processes' command lines")
def test_its_servers_end_with_it_even_when_it_is_killed(server: Server) -> None:
    def left() -> str:
        return subprocess.run(
            ["pgrep", "-f", f"operations.web.*--port {server.port}"], capture_output=True, text=True, check=False
        ).stdout

    assert left()
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    assert wait_for(lambda: not left(), 15)
