"""How the last run of each job ended, kept in the data folder so that it can be told without Dagster."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock

from pipelines.whole_files import write_whole

LOG = logging.getLogger("impact.runs")
FILE = Path("operations") / "runs.json"


@dataclass(frozen=True)
class LastRun:
    """ended_at: ISO instant in UTC. where: the step at which it failed, in words, "" where it succeeded. succeeded_at: when the last good one ended, "" where none has."""

    run_id: str
    ended_at: str
    where: str = ""
    succeeded_at: str = ""

    @property
    def is_good(self) -> bool:
        return not self.where

    @property
    def ended(self) -> datetime:
        return datetime.fromisoformat(self.ended_at)

    @property
    def last_success(self) -> datetime | None:
        """When the last good run ended."""
        return datetime.fromisoformat(self.succeeded_at) if self.succeeded_at else None


def record_run(data: Path, job: str, run_id: str, now: datetime, *, where: str = "") -> None:
    """Keep how a run ended; the same run told twice is told once."""
    path = data / FILE
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(path.with_suffix(".lock")):
        runs = read_runs(data)
        before = runs.get(job)
        if before is not None and before.run_id == run_id:
            return
        succeeded = (before.succeeded_at if before else "") if where else now.isoformat()
        runs[job] = LastRun(run_id, now.isoformat(), where, succeeded)
        write_whole(path, json.dumps({name: asdict(run) for name, run in runs.items()}, indent=1))


def read_runs(data: Path) -> dict[str, LastRun]:
    """By job; empty where no run has ended yet."""
    path = data / FILE
    if not path.exists():
        return {}
    try:
        told: Mapping[str, Mapping[str, str]] = json.loads(path.read_text(encoding="utf-8"))
        return {job: LastRun(**run) for job, run in told.items()}
    except (ValueError, TypeError, AttributeError):
        LOG.warning("%s can't be read; it begins anew with the next run", path.name)
        return {}
