"""One run of the whole pipeline in this process, with its progress on the terminal."""

import logging
import os
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.access.account import account
from pipelines.checkout import PROJECT
from pipelines.operations.after_run import after_run
from pipelines.operations.closed_folders import close_to_others
from pipelines.operations.logs import run_named
from pipelines.operations.run_origin import belongs_here
from pipelines.settings import Settings
from pipelines.told import told_kinds
from pipelines.unforeseen import limit_reached, told_of
from pipelines.warehouse import claim_writer

if TYPE_CHECKING:
    from dagster import DagsterInstance

LOG = logging.getLogger("impact.runs")
OFFLINE_ENVIRONMENT = {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Nothing leaves the machine, and small matrices aren't split over threads."""

STEP_WORDS = {
    "raw": "raw tables: map, gate, quarantine, load",
    "expectations": "Great Expectations on every raw table",
    "dbt_models": "dbt: staging, marts, metrics and their tests",
    "matching": "matching of the cohorts being formed",
    "freshness": "freshness of every source",
    "impact_effects": "impact estimates",
    "serving__snapshot": "published snapshot",
    "serving__bi_export": "tables for BI tools",
    "reports__leadership_report": "leadership report",
    "reports__summary": "summary.json",
    "messages__drafts": "messages that are due, as drafts",
    "analytics__match_pairs_no_hard_rule_is_broken": "check: no hard rule is broken",
    "analytics__match_runs_the_optimum_is_proven": "check: the optimum is proven",
    "analytics__match_group_audit_no_group_falls_under_four_fifths": "check: no group falls under four fifths",
}


@dataclass
class Outcome:
    """How a run ended, in words. problems: what stopped it, empty where it succeeded; warnings: what should be looked at all the same."""

    run_id: str
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def prepare_environment(workspace: Settings) -> None:
    """Point Dagster and dbt at this workspace's folders, close those to other users, and switch every telemetry off."""
    os.environ.update({name: value for name, value in OFFLINE_ENVIRONMENT.items() if name not in os.environ})
    home = workspace.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    close_to_others(workspace)
    keep_instance_settings(home)
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["IMPACT_WAREHOUSE"] = str(workspace.warehouse)


def keep_instance_settings(home: Path) -> None:
    """Put the shipped dagster.yaml into DAGSTER_HOME, and a newer one over it; what an operator wrote there stays."""
    shipped, used, last = PROJECT / "dagster.yaml", home / "dagster.yaml", home / ".dagster.yaml.shipped"
    is_ours = not used.exists() or (last.exists() and used.read_bytes() == last.read_bytes())
    if is_ours:
        shutil.copyfile(shipped, used)
        shutil.copyfile(shipped, last)


def execute(
    workspace: Settings,
    job_name: str,
    *,
    say: Callable[[str], None],
    accept: Sequence[str] = (),
    months: Sequence[str] = (),
    whole: bool = False,
) -> Outcome:
    """Run one job to its end. accept: keys of a stopped load's questions that are answered with yes. months: in order, where the job is by month. whole: make everything, also what rests on nothing new.

    Raises WarehouseBusy where another process is writing, SettingsError where there is no key to hash people under.
    """
    _ = workspace.hash_key
    prepare_environment(workspace)
    claim_writer(workspace.warehouse)
    say("Loading the pipeline's definitions ...")
    import dagster as dg

    from pipelines.definitions import defs

    instance = dg.DagsterInstance.get()
    _bury_dead_runs(instance)
    pipeline = defs()
    job = pipeline.resolve_job_def(job_name)
    run_id = str(uuid.uuid4())
    watcher = _Watcher(say, workspace.data, lambda: belongs_here(instance, run_id, pipeline.get_repository_def().name))
    instance.add_event_listener(run_id, watcher)
    with run_named(run_id):
        LOG.info("run of %s begins", job_name)
        try:
            result = job.execute_in_process(
                instance=instance,
                run_id=run_id,
                raise_on_error=False,
                tags=partition_tags(months),
                run_config={
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                    "ops": {"raw": {"config": {"accept": list(accept), "actor": account(), "whole": whole}}},
                },
            )
        except Exception:  # Dagster could not even keep that a step failed, as on a full disk
            after_run(workspace, job_name, run_id, where="its own log")
            raise
    if not result.success and not watcher.problems:
        watcher.problems.append(f"The run failed without a message. Look at run {run_id} with `make dagster`.")
    # the step alone: what a problem says may hold a value of a row
    where = watcher.problems[0].partition(": ")[0] if watcher.problems else ""
    after_run(workspace, job_name, run_id, where=where)
    return Outcome(run_id, watcher.problems, watcher.warnings)


def partition_tags(months: Sequence[str]) -> dict[str, str]:
    """What tells Dagster for which months a run is, as its own backfills do."""
    ends = {"start": months[0], "end": months[-1]} if months else {}
    return {f"dagster/asset_partition_range_{end}": month for end, month in ends.items()}


def _unmet(evaluation: Any) -> str:
    return f"{'.'.join(evaluation.asset_key.path)}: {evaluation.check_name.replace('_', ' ')} isn't met"


def _bury_dead_runs(instance: "DagsterInstance") -> None:
    """This process holds the lock, so every run that still counts as running has died; free what it held."""
    from dagster import DagsterRunStatus, RunsFilter

    unfinished = [DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.CANCELING]
    for run in instance.get_runs(RunsFilter(statuses=unfinished)):
        instance.report_run_failed(run, "The process of this run is gone; a later run took its place.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


class _Watcher:
    """Turns Dagster's events into one line per step, and failures into words."""

    def __init__(self, say: Callable[[str], None], data: Path, begun: Callable[[], None] = lambda: None) -> None:
        self.say = say
        self.data = data
        self.begun = begun
        self.problems: list[str] = []
        self.warnings: list[str] = []
        self.started: dict[str, float] = {}
        self.models = 0
        self.kept = 0

    def __call__(self, entry: Any) -> None:
        event = entry.dagster_event
        if event is not None and event.event_type_value == "PIPELINE_START":
            self.begun()
        if event is None or event.step_key is None:
            return
        step = str(event.step_key)
        kind = event.event_type_value
        if kind == "STEP_START":
            self.started[step] = time.monotonic()
            _transient(f"  ... {_words(step)}")
        elif kind == "ASSET_MATERIALIZATION" and step == "dbt_models":
            self.models += 1
            self.kept += "kept" in event.event_specific_data.materialization.metadata
            _transient(f"  ... {_words(step)} ({self.models} built)")
        elif kind == "ASSET_CHECK_EVALUATION":
            self._note_failed_check(event.event_specific_data)
        elif kind == "STEP_SUCCESS":
            seconds = time.monotonic() - self.started.get(step, time.monotonic())
            told = f", {self.models - self.kept} of {self.models} made" if step == "dbt_models" and self.kept else ""
            self.say(f"  done  {_words(step):<52} {seconds:6.1f} s{told}")
            LOG.info("step %s ended after %.1f s", step, seconds)
        elif kind == "STEP_FAILURE":
            self.say(f"  FAIL  {_words(step)}")
            LOG.error("step %s failed", step)
            self.problems.append(_problem(step, event.step_failure_data.error, self.data))

    def _note_failed_check(self, evaluation: Any) -> None:
        """A failed check in words: which table, which expectation, what was seen."""
        if evaluation.passed:
            return
        told = evaluation.metadata.get("what_failed")
        if evaluation.severity.value == "WARN":
            self.warnings.append(str(told.value) if told is not None else _unmet(evaluation))
            return
        table = ".".join(evaluation.asset_key.path)
        words = told.value if told is not None else evaluation.check_name.replace("_", " ")
        self.problems.append(
            f"{table} breaks its contract: {words}. Next step: look at the source's file in the landing zone."
        )


def _transient(text: str) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(f"\r{text:<90}\r")
        sys.stdout.flush()


def _words(step: str) -> str:
    stage, _, source = step.partition("__")
    if stage in ("landing", "months"):
        return f"landing zone: {'months of ' if stage == 'months' else ''}{source}"
    return STEP_WORDS.get(step, step)


OF_LIBRARIES = frozenset({"Failure", "DagsterDbtCliRuntimeError"})
"""Kinds of exceptions of Dagster and dbt whose message is written for the person who reads it."""


def _problem(step: str, error: Any, data: Path) -> str:
    """The innermost cause: its message where that is written for readers, else what kind it is and where its traceback is kept."""
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return f"{_words(step)}: no message"
    if error.cls_name in OF_LIBRARIES and (limit := limit_reached(error.to_string(), data)):
        return f"{_words(step)}: {limit}"
    if error.cls_name in OF_LIBRARIES | told_kinds():
        message = error.message.strip()
        return f"{_words(step)}: {message.partition(': ')[2] or message}"
    return told_of(error.cls_name or "unknown", error.to_string(), _words(step), data)
