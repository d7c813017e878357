"""`make faults`: whole runs that are killed with SIGKILL at random moments, wherever they are: in the landing zone, in dbt, in a check, while publishing.

An organisation's files change to and fro. Each run that is killed leaves a release of before or of after, whole, and no process; the run that is
let through ends with the release and the report of a twin that nobody has killed. Prints what was tried.

    python -m tests.pipeline.killed_runs [KILLS]     200 unless told
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.serving.snapshot import current, published_hash
from tests.demo_run import PROJECT
from tests.strangers.organisation import Organisation, Workspace

KILLS_BETWEEN = 5
SECONDS_TO_END = 10


class Broken(AssertionError):
    """Something that a killed run left, or that the run after it didn't mend; the message says what, and after which kill."""


def organisation(*, is_later: bool) -> Organisation:
    """A hundred and thirty people, thirty pairs, a survey. Later: somebody has left, a pair has begun, meetings were held, the programme file has changed."""
    made = Organisation(as_of="2026-06-30")
    made.employ(130)
    made.surveys = [{"survey_id": "close", "programme_id": "mentoring", "name": "Close", "instrument": "pulse", "wave": "pulse", "wave_no": 1, "respondent_role": "mentee", "anonymity": "identified", "min_group_size": 5}]  # fmt: skip
    for number in range(1, 30 + is_later):
        made.pair(number, f"2025-{number % 9 + 1:02d}-01")
        for month in range(1, 6 + is_later):
            made.meet(number, f"2026-{month:02d}-{number % 27 + 1:02d} 10:00")
        made.answers.append({"survey": "close", "response": f"r{number}", "person": f"e{number:03d}", "value": 1 + number % 5, "at": "2026-05-10 09:00"})  # fmt: skip
    if is_later:
        made.spells[-1] |= {"left": "2026-06-10", "reason": "resignation"}
        made.programmes[0]["planned_sessions"] = 8
    return made


@dataclass
class ChangingWorkspace(Workspace):
    """goes: how often its files have changed."""

    goes: int = 0

    def change(self) -> None:
        """Let the organisation's files be the other ones."""
        for name in ("files", "programmes"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        organisation(is_later=self.goes % 2 == 1).write(self.folder)
        self.goes += 1

    def start(self) -> subprocess.Popen[bytes]:
        """A run of everything, also where a run that came to its end before it was killed has left nothing new."""
        command = [sys.executable, "-m", "pipelines.cli", "run", "--again"]
        return subprocess.Popen(command, cwd=PROJECT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip

    def run(self) -> float:
        """Seconds of a run that nobody kills. Raises Broken where it doesn't succeed."""
        started = time.monotonic()
        said, _ = (run := self.start()).communicate()
        if run.returncode:
            raise Broken(f"a run ended with {run.returncode}: {said.decode()[-2000:]}")
        return time.monotonic() - started

    def processes(self) -> list[int]:
        """Whoever works on this data folder."""
        mine = f"IMPACT_DATA={self.data}\0".encode()
        return [number for number, told in _environments() if mine in told]

    def outcome(self) -> tuple[str | None, bytes]:
        """Hash of the release, and the report as plain text: its other forms name the run and the head of the audit log too."""
        report = self.data / "reports/latest/leadership_report.txt"
        return published_hash(self.data / "serving"), report.read_bytes()


@dataclass
class Kills:
    """What was tried. stages: how often the last words of a killed run named which stage."""

    number: int = 0
    came_late: int = 0
    healed: int = 0
    stages: dict[str, int] = field(default_factory=dict)


def _environments() -> Iterator[tuple[int, bytes]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield int(folder.name), (folder / "environ").read_bytes()
        except OSError:
            continue


def kill(workspace: ChangingWorkspace, after: float, kills: Kills, allowed: set[str | None]) -> None:
    """Kill one run's own process and see what is left. allowed: hashes of releases that may be up."""
    run = workspace.start()
    time.sleep(after)
    kills.came_late += run.poll() is not None
    run.send_signal(signal.SIGKILL)
    # what was said goes through a pipe that children hold too, so it ends when the last of them does
    try:
        said, _ = run.communicate(timeout=SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        raise Broken(f"processes {workspace.processes()} outlived a run killed after {after:.1f} s") from None
    kills.number += 1
    stage = (said.decode().strip().splitlines() or ["before its first words"])[-1].strip()[:40]
    kills.stages[stage] = kills.stages.get(stage, 0) + 1
    until = time.monotonic() + SECONDS_TO_END
    while left := workspace.processes():
        if time.monotonic() > until:
            raise Broken(f"processes {left} outlived a run killed after {after:.1f} s ({stage})")
        time.sleep(0.1)
    if current(workspace.data / "serving") is None or published_hash(workspace.data / "serving") not in allowed:
        raise Broken(f"killed after {after:.1f} s ({stage}), something else than the old or the new release is up")


def tried(folder: Path, number: int, *, seed: int = 1) -> Kills:
    """Kill `number` runs, let one through after every few, and compare it with a twin. Raises Broken."""
    chance, kills = random.Random(seed), Kills()
    ours, twin = ChangingWorkspace(folder / "ours"), ChangingWorkspace(folder / "twin", goes=1)
    ours.change()
    ours.run()
    shutil.copytree(ours.folder, twin.folder)
    while kills.number < number:
        before = twin.outcome()[0]
        for one in (ours, twin):
            one.change()
        seconds = twin.run()
        allowed = {before, twin.outcome()[0]}
        for _ in range(min(KILLS_BETWEEN, number - kills.number)):
            kill(ours, chance.uniform(0, seconds), kills, allowed)
        ours.run()
        if ours.outcome() != twin.outcome():
            raise Broken(f"after {kills.number} kills the release or the report differs from the twin's")
        kills.healed += 1
    return kills


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        kills = tried(Path(folder), number, seed=int(os.environ.get("FAULTS_SEED", "1")))
    for stage, times in sorted(kills.stages.items(), key=lambda item: -item[1]):
        sys.stdout.write(f"{times:4d}  {stage}\n")
    sys.stdout.write(
        f"{kills.number} runs killed ({kills.came_late} had ended by then), {kills.healed} runs let through, all equal to their twins'\n"
    )


if __name__ == "__main__":
    main()
