"""Every way of starting a run ends the same: a real `impact dagster`, asked over its API, on a small workspace. `make ways`; ten to fifteen minutes, prints JSON.

Each way that goes from the sources to the report must leave the release that `impact run` left, to the byte (a release is named by its content).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from pipelines.contracts import TABLES
from pipelines.first_hour.samples import sample_files
from pipelines.first_hour.writing import new_workspace, write_workspace
from pipelines.loading.months import months_between
from pipelines.run import partition_tags
from pipelines.sources.records import SourceFile
from tests.demo_run import PROJECT
from tests.pipeline.dagster_server import RUNS, DagsterServer, wait_for
from tests.strangers.front_door import answered
from tests.strangers.organisation import Workspace
from tests.versions.company import write_company

TODAY = date(2026, 10, 31)
MONTHS = months_between("2025-02..2026-09")
"""With meetings of the kept company."""
LOADED = {table.schema for table in TABLES} | {"quality", "identity", "vault"}
"""Schemas of the one step that loads: all sources stand or fall together (decision 001)."""
REEXECUTE = """
mutation ($id: String!) { launchRunReexecution(reexecutionParams: {parentRunId: $id, strategy: FROM_FAILURE}) { __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }
"""
START = "mutation ($selector: SensorSelector!) { startSensor(sensorSelector: $selector) { __typename } }"


class PairsList(Workspace):
    """A small workspace that Add data wrote: a list of pairs."""

    @property
    def source(self) -> Path:
        """The file of pairs."""
        return next(path for path in sorted(self.folder.rglob("*.csv")) if "landing" not in path.parts)

    def impact(self, *words: str) -> None:
        """A command of ours that must end well."""
        self._command("pipelines.cli", *words)

    def dagster(self, *words: str) -> None:
        """A command of Dagster's that must end well."""
        self._command("dagster", *words, DAGSTER_HOME=str(self.data / "dagster"))

    def _command(self, module: str, *words: str, **more: str) -> None:
        command = [sys.executable, "-m", module, *words]
        done = subprocess.run(command, cwd=PROJECT, env={**self.environment, **more}, capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, f"{command}: {done.stdout[-1500:]}{done.stderr[-1500:]}"

    def release(self) -> str:
        """What readers see, by its content."""
        path = self.data / "serving" / (self.data / "serving/CURRENT").read_text().strip()
        with duckdb.connect(str(path), read_only=True) as release:
            return str(release.execute("select content_hash from release").fetchall()[0][0])

    def forget(self) -> None:
        """As if nothing had been run: the next run goes the whole way."""
        for name in ("serving", "reports", "warehouse", "landing", "vault"):
            shutil.rmtree(self.data / name, ignore_errors=True)


def workspace_in(folder: Path) -> PairsList:
    """Written as Add data writes it."""
    files, answers = sample_files("pairs_only", TODAY)
    sources = [SourceFile(name, data) for name, data in files.items()]
    new_workspace(folder / "impact.yaml", "ways")
    write_workspace(answered(sources, answers, TODAY), folder / "impact.yaml")
    path = folder / "impact.yaml"
    text = path.read_text()
    path.write_text(text if "as_of:" in text else f"{text}as_of: {TODAY}\n")
    return PairsList(folder)


@contextmanager
def serving(workspace: PairsList) -> Iterator[DagsterServer]:
    """A running `impact dagster`."""
    workspace.data.mkdir(exist_ok=True)
    server = DagsterServer(workspace.data, workspace.environment)
    try:
        wait_for(lambda: server.ask("{ version }"), 240)
        yield server
    finally:
        server.end()


def by_schedule(workspace: PairsList) -> str:
    """The schedule of the workspace file, which is on in a workspace of one's own: nothing is switched in Dagster."""
    path = workspace.folder / "impact.yaml"
    before = path.read_text()
    path.write_text(before + 'schedule: {load: "* * * * *", report: "0 7 2 * *", zone: UTC}\n')
    try:
        with serving(workspace) as server:
            return server.first_ended("everything", 600)
    finally:
        path.write_text(before)


def by_sensor(workspace: PairsList, server: DagsterServer) -> str:
    """A file that comes to rest in a source's folder."""
    server.ask(START, {"selector": {**server.where(), "sensorName": "watched_folders"}})
    time.sleep(1)
    os.utime(workspace.source)
    return server.first_ended("everything", 900)


def from_failure(workspace: PairsList, server: DagsterServer) -> str:
    """A source's file is damaged, the run fails, the file is mended, the run is taken up where it failed."""
    kept = workspace.source.read_bytes()
    workspace.source.write_bytes(b"")
    failed, status = server.launch_all()
    workspace.source.write_bytes(kept)
    assert status == "FAILURE", status
    again = server.ask(REEXECUTE, {"id": failed})["launchRunReexecution"]["run"]["runId"]
    return server.ended(again, 600)


def from_failure_of_the_command_line(workspace: PairsList, server: DagsterServer) -> str:
    """`impact run` over a damaged file fails; once it is mended, Dagster's pages take that run up where it failed."""
    kept = workspace.source.read_bytes()
    workspace.source.write_bytes(b"")
    try:
        workspace.impact("run")
    except AssertionError:
        pass
    finally:
        workspace.source.write_bytes(kept)
    failed = server.ask(RUNS, {"filter": {"statuses": ["FAILURE"]}})["runsOrError"]["results"][0]["runId"]
    again = server.ask(REEXECUTE, {"id": failed})["launchRunReexecution"]["run"]["runId"]
    return server.ended(again, 600)


def what_follows(server: DagsterServer, keys: Sequence[Sequence[str]]) -> str:
    """Some assets by themselves, and what Dagster makes after them by itself."""
    status = server.launch("__ASSET_JOB", keys)[1]
    return server.first_ended("following", 600) if status == "SUCCESS" else status


def ways(workspace: PairsList, server: DagsterServer) -> dict[str, tuple[bool, Callable[[], str]]]:
    """Way to whether it goes from the sources, and what starts it."""
    keys = server.keys()
    landing = next(key for key in keys if key[0] == "landing" and key[1] not in ("registry", "decisions"))

    def well(start: Callable[[], None]) -> str:
        start()
        return "SUCCESS"

    return {
        "Materialize all": (True, lambda: server.launch_all()[1]),
        "job everything": (True, lambda: server.launch("everything")[1]),
        "from failure": (True, lambda: from_failure(workspace, server)),
        "from failure of impact run": (True, lambda: from_failure_of_the_command_line(workspace, server)),
        "sensor": (True, lambda: by_sensor(workspace, server)),
        "dagster asset materialize": (True, lambda: well(lambda: workspace.dagster("asset", "materialize", "--select", "*", "-m", "pipelines.definitions"))),
        "one asset": (False, lambda: server.launch("__ASSET_JOB", [["serving", "snapshot"]])[1]),
        "one source": (False, lambda: what_follows(server, [landing, *(key for key in keys if key[0] in LOADED)])),
        "one group": (False, lambda: server.launch("__ASSET_JOB", [key for key in keys if key[0] == "reports"])[1]),
        "impact run": (True, lambda: well(lambda: workspace.impact("run", "--again"))),
    }  # fmt: skip


def by_months(folder: Path) -> dict[str, object]:
    """A source of monthly files: a range of months in one run, then a backfill of a year, which is one run too, leave what a full run leaves."""
    workspace = monthly_workspace_in(folder)
    workspace.impact("run")
    wanted = workspace.release()
    workspace.forget()
    with serving(workspace) as server:
        begun = time.monotonic()
        statuses = [server.launch("months", tags=partition_tags(MONTHS))[1], server.backfill("months", MONTHS[:12])]
        runs = server.ask(RUNS, {"filter": {"pipelineName": "months"}})["runsOrError"]["results"]
    assert len(runs) == 2, "twelve months that follow one another are one run"
    ended_well = statuses == ["SUCCESS", "COMPLETED_SUCCESS"]
    status = "SUCCESS" if ended_well else ", ".join(statuses)
    found = {"status": status, "same_release": _release_or_none(workspace) == wanted, "seconds": round(time.monotonic() - begun)}  # fmt: skip
    print(json.dumps(found), file=sys.stderr)
    return found


def monthly_workspace_in(folder: Path) -> PairsList:
    """The kept company, whose meetings come as one file a month."""
    write_company(folder, 0)
    (folder / "messages.yaml").unlink()
    header, *lines = (folder / "platform/meetings.csv").read_text().splitlines(keepends=True)
    (folder / "platform/meetings.csv").unlink()
    for month in MONTHS:
        own = [line for line in lines if f",{month}-" in line]
        (folder / f"platform/meetings_{month}.csv").write_text("".join([header, *own]))
    for name, before, after in (
        ("platform.yaml", "meetings.csv", "meetings_*.csv"),
        ("impact.yaml", "mapping: platform.yaml", f"mapping: platform.yaml, months_from: {MONTHS[0]}"),
    ):
        text = (folder / name).read_text()
        (folder / name).write_text(text.replace(before, after))
    return PairsList(folder)


def main() -> None:
    """All ways, or those that WAYS names (commas)."""
    chosen = [name for name in os.environ.get("WAYS", "").split(",") if name]
    told: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory() as name:
        if chosen != ["months"]:
            told |= _ways_tried(Path(name) / "pairs", chosen)
        if not chosen or "months" in chosen:
            told["months"] = by_months(Path(name) / "monthly")
    print(json.dumps(told, indent=1))
    sys.exit(any(way["status"] != "SUCCESS" or not way["same_release"] for way in told.values()))


def _ways_tried(folder: Path, chosen: Sequence[str]) -> dict[str, dict[str, object]]:
    """Every way into a workspace of pairs."""
    told = {}
    workspace = workspace_in(folder)
    workspace.impact("run")
    wanted = workspace.release()
    with serving(workspace) as server:
        for way, (is_whole, start) in ways(workspace, server).items():
            if not chosen or way in chosen:
                told[way] = _tried(workspace, start, wanted, is_whole=is_whole)
    if not chosen or "schedule" in chosen:
        told["schedule"] = _tried(workspace, lambda: by_schedule(workspace), wanted, is_whole=True)
    return told


def _tried(workspace: PairsList, start: Callable[[], str], wanted: str, *, is_whole: bool) -> dict[str, object]:
    if is_whole:
        workspace.forget()
    begun = time.monotonic()
    try:
        status = start()
    except AssertionError as problem:
        status = str(problem)
    found = {"status": status, "same_release": _release_or_none(workspace) == wanted, "seconds": round(time.monotonic() - begun)}  # fmt: skip
    print(json.dumps(found), file=sys.stderr)
    return found


def _release_or_none(workspace: PairsList) -> str | None:
    try:
        return workspace.release()
    except OSError:
        return None


if __name__ == "__main__":
    main()
