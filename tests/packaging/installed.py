"""The wheel as somebody installs it: built, put into an environment of its own outside the repository, and used from an empty folder.

`python -m tests.packaging.installed` (make wheel-test) installs every dependency anew and goes the whole way: demo, run, report, match, handbook, dashboards, Add data. Prints JSON.
"""

import json
import os
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
MENTEES = "name,skills wanted\nAnn,python;sql\nBob,leadership\n"
MENTORS = "name,skills offered,capacity\nCid,python;sql,1\nDee,leadership,1\n"


def uv() -> str:
    """The uv of the Makefile, else one on the PATH."""
    own = PROJECT / ".uv/bin/uv"
    return str(own) if own.exists() else "uv"


def build(folder: Path) -> Path:
    """The wheel of the repository."""
    quiet = {**os.environ, "UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never"}
    subprocess.run([uv(), "build", "--wheel", "-q", "-o", str(folder), str(PROJECT)], check=True, env=quiet)
    (wheel,) = folder.glob("*.whl")
    return wheel


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and an empty folder in which it is used."""

    environment: Path
    here: Path

    @property
    def python(self) -> Path:
        return self.environment / "bin/python"

    @property
    def package(self) -> Path:
        """Where the wheel lies."""
        (found,) = self.environment.glob("lib/python*/site-packages/mentorship_impact")
        return found

    def command(self, *words: str) -> tuple[list[str], dict[str, str]]:
        """`impact ...` and the environment of somebody who has set nothing."""
        ours = ("IMPACT_", "DAGSTER_", "DBT_", "PYTHON", "VIRTUAL_ENV")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return [str(self.environment / "bin/impact"), *words], kept

    def impact(self, *words: str, seconds: float = 1_500) -> str:
        """What a command says; it must end well."""
        command, kept = self.command(*words)
        done = subprocess.run(command, cwd=self.here, env=kept, capture_output=True, text=True, timeout=seconds, check=False)  # fmt: skip
        assert done.returncode == 0, f"impact {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout

    def pair_spreadsheets(self) -> str:
        """`impact match` on two files."""
        (self.here / "mentees.csv").write_text(MENTEES)
        (self.here / "mentors.csv").write_text(MENTORS)
        self.impact("match", "mentees.csv", "mentors.csv", "--out", "pairs.csv")
        return (self.here / "pairs.csv").read_text()

    def answers(self, words: Sequence[str], path: str, seconds: float = 90) -> str:
        """What a server that a command starts says at an address; it is ended afterwards."""
        import psutil

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command, kept = self.command(*words, "--port", str(port))
        with (self.here / "server.log").open("wb") as log:
            server = subprocess.Popen(command, cwd=self.here, env=kept, stdout=log, stderr=log)
        try:
            return _asked(f"http://127.0.0.1:{port}{path}", seconds)
        finally:
            for process in [*psutil.Process(server.pid).children(recursive=True), server]:
                process.terminate()
            server.wait(30)


def _asked(url: str, seconds: float) -> str:
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def install(wheel: Path, folder: Path, *, borrow: bool) -> Installed:
    """A new environment with the wheel. borrow: take the dependencies of this environment, which saves installing them again; the repository itself isn't among them."""
    here, environment = folder / "here", folder / "environment"
    here.mkdir()
    quiet = {**os.environ, "UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(environment)}
    subprocess.run([uv(), "venv", "-q", "--python", sys.executable, str(environment)], check=True, env=quiet)
    subprocess.run(
        [uv(), "pip", "install", "-q", *(["--no-deps"] if borrow else []), str(wheel)], check=True, env=quiet
    )
    made = Installed(environment, here)
    if borrow:
        (made.package.parent / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return made


def main() -> None:
    """The whole way, with every dependency installed anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder / "dist")
        made = install(wheel, folder, borrow=False)
        before = {path for path in made.package.rglob("*") if "__pycache__" not in path.parts}
        told = {
            "wheel_bytes": wheel.stat().st_size,
            "demo": made.impact("demo").strip().splitlines()[-1],
            "run": made.impact("run").strip().splitlines()[-1],
            "report": made.impact("report").strip().splitlines()[-1],
            "health": made.impact("health").strip(),
            "handbook": len(made.impact("handbook", "--out", "handbook").splitlines()),
            "match": made.pair_spreadsheets().splitlines()[1:],
            "dashboard": json.loads(made.answers(["dashboard"], "/healthz"))["status"],
            "start": made.answers(["start", "--no-browser", "--sample", "pairs_only"], "/_stcore/health"),
            "dagster": made.answers(["dagster"], "/server_info"),
            "written_into_the_package": sorted(str(path) for path in made.package.rglob("*") if "__pycache__" not in path.parts and path not in before),
        }  # fmt: skip
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
