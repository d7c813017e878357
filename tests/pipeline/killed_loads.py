"""Run the steps of sources in processes that kill themselves at their n-th touch of the disk or the database; a program of its own, used by test_kill_a_load.

Every line of the input is `<folder> <step> <n>`; the answer is how many touches there were, or `killed`. The modules are imported once and each step runs in a fork, so that a kill costs
a fraction of a second. A touch: a file opened to be written, moved or removed, or a statement that DuckDB is asked to execute.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.loading import corrections
from pipelines.settings import settings
from pipelines.sources import mapped_files
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources_configured import configured_sources
from pipelines.warehouse import connect
from pipelines.workspace_loads import bring, load_sources

MOVES = frozenset({"os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "os.mkdir"})


def load() -> None:
    """Land and load the workspace's own sources: in parts."""
    in_small_parts = partial(mapped_files.read_in_parts, part=2_000)
    CONNECTORS["mapped_files"] = replace(CONNECTORS["mapped_files"], in_parts=in_small_parts)
    workspace = settings()
    sources = [source for source in configured_sources() if source in workspace.sources]
    for source in sources:
        bring(source, lambda words: None)
    with connect(workspace.warehouse) as warehouse:
        load_sources(warehouse, sources, lambda words: None)


def correct() -> None:
    """Keep a correction."""
    correction = corrections.Correction("small", "people.csv", 3, "2,Lee,2020-02-30", "2,Lee,2020-02-29")
    corrections.record_corrections(settings().data / "corrections", [correction])


def begin() -> None:
    """Write a workspace and a mapping, as a person would."""
    folder = Path(os.environ["IMPACT_DATA"]).parent
    for arguments in (
        ["init", str(folder / "new")],
        ["map", str(folder / "small/people.csv"), "--out", str(folder / "new/people.yaml")],
    ):
        CliRunner().invoke(app, arguments)


STEPS: dict[str, Callable[[], None]] = {"load": load, "correct": correct, "begin": begin}


class Touches:
    """Counts touches of `folder` and kills the process at the `last`."""

    def __init__(self, folder: str, last: int) -> None:
        self.folder, self.last, self.count = folder, last, 0

    def touched(self) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[1], str) and arguments[1][0] in "wxa"
        if (writes or event in MOVES) and str(arguments[0]).startswith(self.folder):
            self.touched()

    def count_statements(self) -> None:
        """Count what DuckDB is asked to execute, from any thread."""
        execute = duckdb.DuckDBPyConnection.execute

        def counted(connection: duckdb.DuckDBPyConnection, *arguments: Any) -> Any:
            self.touched()
            # DuckDB looks for a frame named in the statement among its caller's variables, so the call is made among those.
            called = {
                **sys._getframe(1).f_locals,
                "execute_": execute,
                "connection_": connection,
                "arguments_": arguments,
            }
            return eval("execute_(connection_, *arguments_)", called)

        duckdb.DuckDBPyConnection.execute = counted


def run(folder: str, step: str, last: int) -> str:
    """One step in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.environ |= {
            "IMPACT_HASH_KEY": "a key of the tests, long enough",
            "IMPACT_DATA": f"{folder}/data",
            "IMPACT_WORKSPACE": f"{folder}/workspace.yaml",
        }
        touches = Touches(folder, last)
        sys.addaudithook(touches.on_audit)
        touches.count_statements()
        STEPS[step]()
        os.write(writing, str(touches.count).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    return said if status == 0 else "killed" if os.WIFSIGNALED(status) else "failed"


if __name__ == "__main__":
    for line in sys.stdin:
        folder, step, last = line.split()
        sys.stdout.write(run(folder, step, int(last)) + "\n")
        sys.stdout.flush()
