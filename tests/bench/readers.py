"""`make bench-readers`: 25 readers at once, each a page every ten seconds: alone, while releases are published, and while whole runs go on beside them. Prints JSON.

python -m tests.bench.readers --data FOLDER     of a demo that has run; else one is made in data/bench/1x
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from pipelines.serving.snapshot import current, managers_of, publish
from tests.dashboard_server import running_dashboards
from tests.demo_run import PROJECT, impact, run_environment
from tests.readers import all_read, told

Beside = Callable[[Path], AbstractContextManager[None]]


def publish_again(serving: Path) -> None:
    """Publish what is published as a new release: to readers another file, of which nothing is kept yet."""
    served = current(serving)
    assert served is not None
    with tempfile.TemporaryDirectory() as folder:
        readers, managers = Path(folder, "readers"), Path(folder, "managers")
        shutil.copyfile(served, readers)
        shutil.copyfile(managers_of(served), managers)
        publish(serving, partial(shutil.copyfile, readers), partial(shutil.copyfile, managers))


@contextmanager
def publishing(serving: Path, *, every: float = 15) -> Iterator[None]:
    """A release every so many seconds, until the block ends."""
    over = threading.Event()

    def again() -> None:
        while not over.wait(every):
            publish_again(serving)

    publisher = threading.Thread(target=again)
    publisher.start()
    try:
        yield
    finally:
        over.set()
        publisher.join()


@contextmanager
def whole_runs(_: Path) -> Iterator[None]:
    """One demo after the other, from files to report, in a folder of their own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        again = 'while true; do "$0" -m pipelines.cli demo; done'
        runs = subprocess.Popen(
            ["bash", "-c", again, sys.executable],
            cwd=PROJECT,
            env=run_environment(Path(folder)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(runs.pid, signal.SIGTERM)
            runs.wait()


def measured(serving: Path, beside: Beside, chosen: argparse.Namespace) -> dict[str, Any]:
    """One situation, on a server that has just started."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        own = Path(folder, "serving")
        shutil.copytree(serving, own)
        with duckdb.connect(str(current(own)), read_only=True) as connection:
            programmes = [row[0] for row in connection.execute("select programme_id from programmes").fetchall()]
        with running_dashboards(own, Path(folder)) as address, beside(own):
            return told(
                all_read(
                    address,
                    readers=chosen.readers,
                    pages=chosen.pages,
                    think=chosen.think,
                    choices={"programme": programmes},
                )
            )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.readers")
    parser.add_argument("--data", type=Path, help="the data folder of a demo that has run")
    parser.add_argument("--readers", type=int, default=25)
    parser.add_argument("--pages", type=int, default=12, help="pages that each opens")
    parser.add_argument("--think", type=float, default=10.0, help="mean seconds between two pages of a reader")
    chosen = parser.parse_args()
    data = chosen.data or PROJECT / "data/bench/1x"
    if not (data / "serving").is_dir():
        impact(data, "demo")
    situations: dict[str, Beside] = {
        "alone": lambda _: nullcontext(),
        "a release every 15 s": publishing,
        "whole runs beside": whole_runs,
    }
    found = {}
    for name, beside in situations.items():
        sys.stderr.write(f"{chosen.readers} readers, {name} ...\n")
        found[name] = measured(data / "serving", beside, chosen)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
