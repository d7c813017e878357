"""Cases read in a process of their own, so that one that hangs, aborts or takes all memory ends itself and not the tests.

The process stays for the next case and is begun anew where one has ended it. Run as a program it reads names of folders, a line each, and answers with a line of JSON.
"""

import json
import os
import resource
import select
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

ADDRESS_SPACE = 12 << 30  # bytes: no case may take the machine down
PROJECT = Path(__file__).parents[2]


class CaseEnded(AssertionError):
    """The process didn't answer: too slow, or it was ended by the case itself."""


class Worker:
    """A process that reads cases. `outcome` is one case's, with `seconds` and `megabytes` above what the process held before it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def outcome(self, case: Path, seconds: float) -> dict[str, Any]:
        """Raises `CaseEnded` where the case takes over twice its time or ends the process."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{case}\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], 2 * seconds + 5)
        line = process.stdout.readline() if ready else ""
        if line:
            return json.loads(line)
        self.close()
        raise CaseEnded("it hangs" if not ready else f"the process was ended (code {process.returncode})")

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.cases.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=PROJECT,
            )
            assert self._process.stdout is not None
            self._process.stdout.readline()
        return self._process

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _peak(*, anew: bool) -> float:
    """The process's largest resident size in MB; anew: since now. 0 where the system doesn't tell (only Linux does)."""
    if anew and os.access("/proc/self/clear_refs", os.W_OK):
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _answer(case: Path) -> dict[str, Any]:
    from tests.cases.outcome import outcome_of

    before, began = _peak(anew=True), time.monotonic()
    try:
        found = outcome_of(case)
    except Exception:  # whatever it is, the case has failed, and the next one is read
        found = {"traceback": traceback.format_exc()}
    return {**found, "seconds": time.monotonic() - began, "megabytes": _peak(anew=False) - before}


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answer cases until nothing is asked any more."""
    import tests.cases.outcome  # noqa: F401  (loaded before the clock runs)

    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    _say("ready")
    for line in sys.stdin:
        _say(json.dumps(_answer(Path(line.strip())), default=str))


if __name__ == "__main__":
    main()
