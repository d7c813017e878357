"""Fixtures that several folders of tests share."""

import atexit
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import settings

if TYPE_CHECKING:
    from tests.demo_run import DemoRun


# How long an example takes says what else the machine is doing; no test is a timed one. The examples of a test are the same for everybody, so that a
# failure is somebody's change and not somebody's luck; `make fuzz` looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None, derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

_exit_status = [0]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The readers' file of a small published snapshot."""
    from tests.published import publish_test_snapshot  # it imports the whole product, which most tests can do without

    return publish_test_snapshot(tmp_path_factory.mktemp("serving"))


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> "DemoRun":
    """The demo company's run, made once for all workers of a test session."""
    from tests.demo_run import DemoRun, run_demo

    if worker_id == "master":
        return run_demo(tmp_path_factory.mktemp("demo_run") / "data")
    shared = tmp_path_factory.getbasetemp().parent / "demo_run"
    with FileLock(str(shared) + ".lock"):
        done = shared / "output.txt"
        if not done.exists():
            run = run_demo(shared / "data")
            done.write_text(run.output)
        return DemoRun(shared / "data", done.read_text(), shared / "data/network.txt")


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Name of this pytest-xdist worker; "master" where tests aren't spread."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember how the tests ended, for the way out."""
    _exit_status[0] = int(exitstatus)


def _leave() -> None:
    """End the process before DuckDB's bindings print pages about "leaked" objects during Python's shutdown."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_exit_status[0])


atexit.register(_leave)
