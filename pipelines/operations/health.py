"""Is the installation well? What is wrong, in words, from the last runs and the published release; and the same as Prometheus text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from pipelines.counted import counted
from pipelines.operations.last_runs import LastRun, read_runs
from pipelines.serving.release_health import ReleaseHealth, release_health
from pipelines.unforeseen import LEAST_FREE, MEGABYTE, free_bytes

LATE_AFTER_HOURS = 26
"""Where nobody says otherwise: a day, and time for the run itself."""
EVERYTHING = "everything"
NAMES = {"__ASSET_JOB": "chosen assets", EVERYTHING: "everything", "following": "what follows on chosen assets"}
"""Jobs in words, where their own name isn't one."""


@dataclass(frozen=True)
class Problem:
    """key: the same for as long as it is the same problem. words: a sentence that names no person and no value of a row."""

    key: str
    words: str


@dataclass(frozen=True)
class Health:
    """release: None where nothing is published or it can't be read (`unreadable` says so). free: bytes that can still be written on the data folder's disk, None where that can't be told."""

    release: ReleaseHealth | None
    runs: Mapping[str, LastRun]
    problems: tuple[Problem, ...]
    unreadable: str = ""
    free: int | None = None

    @property
    def is_serving(self) -> bool:
        """Whether readers see anything."""
        return self.release is not None


def health(data: Path, serving: Path, now: datetime, late_after_hours: int = LATE_AFTER_HOURS) -> Health:
    """Of one workspace's data folder."""
    runs, free, unreadable, release = read_runs(data), free_bytes(data), "", None
    try:
        release = release_health(serving)
    except duckdb.Error as broken:
        unreadable = f"the published release can't be read ({type(broken).__name__}). Next step: `impact run --again` publishes another"
    found = [*_of_runs(runs), *_late(runs, now, late_after_hours), *_of_release(release), *_of_disk(free)]
    if unreadable:
        found.append(Problem("release", f"{unreadable[:1].upper()}{unreadable[1:]}."))
    return Health(release, runs, tuple(found), unreadable, free)


def _of_runs(runs: Mapping[str, LastRun]) -> list[Problem]:
    """Failed runs, but for those after which everything was run well."""
    everything = runs.get(EVERYTHING)
    well_at = everything.last_success if everything else None
    failed = [(job, run) for job, run in sorted(runs.items()) if not run.is_good and (well_at is None or run.ended > well_at)]  # fmt: skip
    return [Problem(f"run {job}", f"The run of {NAMES.get(job, job.replace('_', ' '))} failed at: {run.where}. What was published before is still what readers see.") for job, run in failed]  # fmt: skip


def _late(runs: Mapping[str, LastRun], now: datetime, hours: int) -> list[Problem]:
    """No run of everything has succeeded for longer than agreed; nothing where none has ever been recorded."""
    run = runs.get(EVERYTHING)
    last = run.last_success if run else None
    if last is None or now - last <= timedelta(hours=hours):
        return []
    return [Problem("late", f"No run has succeeded since {last.day} {last:%B %Y, %H:%M} UTC; one is expected every {counted(hours, 'hour')}.")]  # fmt: skip


def _of_release(release: ReleaseHealth | None) -> list[Problem]:
    if release is None:
        return []
    return [Problem(f"stale {one.source_id}", f"The newest record of {one.source_id} is {counted(one.age_days, 'day')} old; {one.limit}.") for one in release.stale]  # fmt: skip


def _of_disk(free: int | None) -> list[Problem]:
    """Told before the disk is full: then nobody could keep that it was told."""
    if free is None or free >= LEAST_FREE:
        return []
    return [Problem("disk", f"The disk of the data folder is full: {free // MEGABYTE} MB are free, and a run needs more.")]  # fmt: skip


def metrics(found: Health, now: datetime, messages: Mapping[str, int]) -> bytes:
    """Prometheus text. messages: how many there are in each state of the outbox."""
    registry = CollectorRegistry()

    def gauge(name: str, words: str, values: Mapping[tuple[str, ...], float], *labels: str) -> None:
        made = Gauge(f"impact_{name}", words, labels, registry=registry)
        for label, value in values.items():
            (made.labels(*label) if labels else made).set(value)

    runs = {(job,): run for job, run in found.runs.items()}
    gauge("last_run_ended_timestamp_seconds", "When the last run of a job ended.", {job: run.ended.timestamp() for job, run in runs.items()}, "job")  # fmt: skip
    gauge("last_run_success", "1 where the last run of a job succeeded.", {job: float(run.is_good) for job, run in runs.items()}, "job")  # fmt: skip
    gauge("problems", "Problems that are open now.", {(): float(len(found.problems))})
    gauge("messages", "Messages of the outbox by state.", {(state,): float(count) for state, count in messages.items()}, "state")  # fmt: skip
    gauge("disk_free_bytes", "What can still be written on the disk of the data folder.", {} if found.free is None else {(): float(found.free)})  # fmt: skip
    if found.release is not None:
        _of_published(gauge, found.release, now)
    return generate_latest(registry)


def _of_published(gauge: Callable[..., None], release: ReleaseHealth, now: datetime) -> None:
    as_of = datetime(release.as_of.year, release.as_of.month, release.as_of.day, tzinfo=UTC)
    gauge("published_timestamp_seconds", "When the release was published.", {(): release.published_at.timestamp()})
    gauge("published_age_seconds", "Seconds since the release was published.", {(): (now - release.published_at).total_seconds()})  # fmt: skip
    gauge("data_as_of_timestamp_seconds", "Day up to which the data are complete.", {(): as_of.timestamp()})
    gauge("source_age_days", "Days since the newest record of a source.", {(one.source_id,): one.age_days for one in release.sources}, "source")  # fmt: skip
    gauge("source_stale", "1 where a source is older than agreed.", {(one.source_id,): float(one.is_stale) for one in release.sources}, "source")  # fmt: skip
    gauge("quarantined_rows", "Rows in quarantine.", {(): float(release.quarantined_rows)})
    gauge("failed_checks", "Checks of the data that aren't met.", {(): float(len(release.failed_checks))})
