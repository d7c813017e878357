"""A running `impact dagster`, asked over its API as its own pages ask it."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.server_process import end

LAUNCH = """
mutation ($parameters: ExecutionParams!) {
  launchPipelineExecution(executionParams: $parameters) { __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } }
}
"""
STATUS = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
ASSETS = "{ assetNodes { assetKey { path } groupName isMaterializable } }"
WHERE = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name } } } } }"
RUNS = "query ($filter: RunsFilter!) { runsOrError(filter: $filter) { ... on Runs { results { runId status } } } }"
BACKFILL = """
mutation ($parameters: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $parameters) { __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } }
}
"""
BACKFILL_STATUS = (
    "query ($id: String!) { partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status } } }"
)
ENDED = ("SUCCESS", "FAILURE", "CANCELED")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(found: Callable[[], Any], seconds: float) -> Any:
    """What `found` returns once it is something."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if answer := found():
                return answer
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.5)
    raise AssertionError(f"nothing within {seconds} s")


class DagsterServer:
    """The server as a process. `end` ends it."""

    def __init__(self, data: Path, environment: Mapping[str, str]) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "pipelines.cli", "dagster", "--port", str(self.port)]
        self.log = (data / "dagster.log").open("a")
        self.process = subprocess.Popen(command, env=dict(environment), stdout=self.log, stderr=subprocess.STDOUT)

    def end(self) -> None:
        """With all that it started."""
        end(self.process, 30)
        self.log.close()

    def ask(self, query: str, variables: dict | None = None, **headers: str) -> Any:
        """The `data` of an answer."""
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        address = f"http://127.0.0.1:{self.port}/graphql"
        request = urllib.request.Request(address, data=body, headers={"content-type": "application/json", **headers})
        return json.load(urllib.request.urlopen(request, timeout=60))["data"]

    def where(self) -> dict[str, str]:
        """Repository and location, as selectors want them."""
        found = self.ask(WHERE)["repositoriesOrError"]["nodes"][0]
        return {"repositoryName": found["name"], "repositoryLocationName": found["location"]["name"]}

    def keys(self, groups: Sequence[str] = ()) -> list[list[str]]:
        """Paths of what can be materialised, of some groups or all."""
        nodes = self.ask(ASSETS)["assetNodes"]
        return [node["assetKey"]["path"] for node in nodes if node["isMaterializable"] and (not groups or node["groupName"] in groups)]  # fmt: skip

    def launch(
        self,
        job: str,
        keys: Sequence[Sequence[str]] | None = None,
        seconds: float = 600,
        tags: Mapping[str, str] | None = None,
    ) -> tuple[str, str]:
        """What the launch buttons send; the run's id and the status in which it ends. tags: such as the range of partitions."""
        selector = {**self.where(), "pipelineName": job, "assetCheckSelection": None}
        if keys is not None:
            selector["assetSelection"] = [{"path": list(key)} for key in keys]
        parameters = {
            "mode": "default",
            "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in (tags or {}).items()]},
            "runConfigData": "{}",
            "selector": selector,
        }
        started = self.ask(LAUNCH, {"parameters": parameters})["launchPipelineExecution"]
        assert "run" in started, started
        return started["run"]["runId"], self.ended(started["run"]["runId"], seconds)

    def backfill(self, job: str, partitions: Sequence[str], seconds: float = 1_200) -> str:
        """What "Launch backfill" sends; the status in which it ends."""
        selector = {"partitionSetName": f"{job}_partition_set", "repositorySelector": self.where()}
        parameters = {"selector": selector, "partitionNames": list(partitions)}
        started = self.ask(BACKFILL, {"parameters": parameters})["launchPartitionBackfill"]
        assert "backfillId" in started, started

        def status() -> str:
            found = self.ask(BACKFILL_STATUS, {"id": started["backfillId"]})["partitionBackfillOrError"]["status"]
            return "" if found == "REQUESTED" else str(found)

        return str(wait_for(status, seconds))

    def launch_all(self) -> tuple[str, str]:
        """ "Materialize all"."""
        return self.launch("__ASSET_JOB", self.keys())

    def ended(self, run_id: str, seconds: float) -> str:
        """The status in which a run ends."""
        return str(wait_for(lambda: next((s for s in [self.status(run_id)] if s in ENDED), ""), seconds))

    def status(self, run_id: str) -> str:
        """The status of a run now."""
        return str(self.ask(STATUS, {"id": run_id})["runOrError"]["status"])

    def first_ended(self, job: str, seconds: float) -> str:
        """The status in which the next run of a job ends that something else starts."""
        known = self._runs(job)
        run_id = wait_for(lambda: next(iter(self._runs(job) - known), ""), seconds)
        return self.ended(run_id, seconds)

    def _runs(self, job: str) -> set[str]:
        return {run["runId"] for run in self.ask(RUNS, {"filter": {"pipelineName": job}})["runsOrError"]["results"]}
