"""How far a dry run or a run is, kept on disk: a page that is opened again goes on where it was."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipelines.whole_files import write_whole

STAGES: Mapping[str, tuple[str, int]] = {
    "landing zone": ("Keeping a copy of the files", 2),
    "raw tables": ("Reading and checking every row", 9),
    "Great Expectations": ("Checking every table", 25),
    "dbt": ("Working out the metrics", 60),
    "matching": ("Looking for matches", 6),
    "impact": ("Estimating effects", 4),
    "published": ("Publishing", 4),
    "leadership report": ("Writing the report", 6),
    "summary": ("Writing the summary", 1),
}
"""What a line of the run's progress begins with, in plain words, and its usual seconds: only their proportions matter."""
RUNNING, DONE, STOPPED = "running", "done", "stopped"


@dataclass
class Progress:
    """action: check or run. stages: those that are done. result: of a check; problems: why it stopped, in words."""

    action: str
    state: str = RUNNING
    pid: int = 0
    began: float = field(default_factory=time.time)
    stages: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)
    stamp: str = ""

    @property
    def share(self) -> float:
        """How much is done, 0 to 1, by the usual seconds of the stages."""
        total = sum(seconds for _, seconds in STAGES.values())
        return sum(STAGES[stage][1] for stage in self.stages if stage in STAGES) / total

    def seconds_left(self, now: float) -> int | None:
        """How long the rest takes at the pace so far; None while nothing is known of it."""
        if self.share < 0.05:
            return None
        return max(1, round((now - self.began) / self.share * (1 - self.share)))

    def note(self, line: str) -> None:
        """Take a line that the run says."""
        text = line.strip()
        if not text.startswith("done"):
            return
        said = text.removeprefix("done").strip()
        stage = next((name for name in STAGES if said.startswith(name)), None)
        if stage and stage not in self.stages:
            self.stages.append(stage)

    def save(self, folder: Path) -> None:
        """Write it down."""
        write_whole(folder / "progress.json", json.dumps(asdict(self), ensure_ascii=False, default=str), mode=0o600)


def progress_of(folder: Path) -> Progress | None:
    """The last dry run or run of an intake; one whose process has died is stopped."""
    path = folder / "progress.json"
    if not path.exists():
        return None
    found = Progress(**json.loads(path.read_text(encoding="utf-8")))
    if found.state == RUNNING and not _is_alive(found.pid):
        found.state = STOPPED
        found.problems = [
            "It was interrupted, for example because the computer was switched off. Nothing was changed; start it again."
        ]
    return found


def forget(folder: Path) -> None:
    """Put the last result aside: something was changed."""
    (folder / "progress.json").unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        if os.waitpid(pid, os.WNOHANG) != (0, 0):  # our own child, ended
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def stages_in_words(progress: Progress) -> Sequence[tuple[str, str]]:
    """Every stage of a run in plain words, and how it stands: done, now, waiting."""
    rows = []
    found_now = False
    for stage, (words, _) in STAGES.items():
        state = "done" if stage in progress.stages else "waiting" if found_now or progress.state != RUNNING else "now"
        found_now = found_now or state == "now"
        rows.append((words, state))
    return rows
