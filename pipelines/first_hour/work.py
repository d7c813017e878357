"""The dry run and the run, in a process of their own: a closed browser stops neither, and a broken file takes nothing else down.

`python -m pipelines.first_hour.work check|run INTAKE [--accept KEY ...]` with the workspace in the environment.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from pipelines.checkout import PROJECT, SettingsError
from pipelines.first_hour.progress import DONE, STOPPED, Progress
from pipelines.settings import Settings, settings
from pipelines.unforeseen import told_in_one_sentence

MOST_HELD = 500
TABLES = """
    select source_id as source, table_name, rows_in, loaded, quarantined, duplicates, filtered
    from quality.reconciliation inner join quality.loads using (load_id, source_id) where is_current and rows_in > 0
"""
HELD = """
    select vault.source_id as source, vault.source_file as file, vault.source_line as line, list(distinct held.reason order by held.reason) as reasons,
        any_value(held.remedy) as remedy, vault.raw_text as raw
    from vault.quarantined_rows as vault
    inner join quality.loads using (load_id, source_id)
    inner join quality.quarantine as held
        on vault.load_id = held.load_id and vault.source_id = held.source_id and vault.table_name = held.table_name
        and vault.source_file = held.source_file and vault.source_line is not distinct from held.source_line
    where is_current group by all order by all
"""
MEMORY = 8 * 1024**3
"""Address space of the process that reads people's files, bytes."""


def start(
    action: str, intake: Path, workspace_file: Path, data: Path, *, accept: Sequence[str] = (), stamp: str = ""
) -> None:
    """Begin a dry run or a run of a workspace and note its progress in the intake's folder."""
    environment = {**os.environ, "IMPACT_WORKSPACE": str(workspace_file), "IMPACT_DATA": str(data)}
    keys = [part for key in accept for part in ("--accept", key)]
    command = [sys.executable, "-m", "pipelines.first_hour.work", action, str(intake), *keys]
    with (intake / "work.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    Progress(action, pid=process.pid, stamp=stamp).save(intake)


def main(arguments: Sequence[str]) -> int:
    """Do it and write down how it ended."""
    action, intake, *rest = arguments
    folder = Path(intake)
    accept = [key for flag, key in pairwise(rest) if flag == "--accept"]
    progress = _begun(action, folder)
    try:
        workspace = settings()
        if action == "check":
            progress.result = check(workspace)
        else:
            _run(workspace, progress, folder, accept)
    except SettingsError as problem:
        progress.problems = [str(problem)]
    except Exception as problem:
        progress.problems = [told_in_one_sentence(problem, "Add data", folder.parent)]
    progress.state = STOPPED if progress.problems else DONE
    progress.save(folder)
    return 0


def _begun(action: str, folder: Path) -> Progress:
    from pipelines.first_hour.progress import progress_of

    kept = progress_of(folder)
    return Progress(action, pid=os.getpid(), stamp=kept.stamp if kept and kept.action == action else "")


def _run(workspace: Settings, progress: Progress, folder: Path, accept: Sequence[str]) -> None:
    from pipelines.run import execute

    def say(line: str) -> None:
        progress.note(line)
        progress.save(folder)

    outcome = execute(workspace, "everything", say=say, accept=accept)
    progress.problems = outcome.problems
    if not outcome.problems:
        progress.result = {"warnings": outcome.warnings, **loaded(workspace)}


def loaded(workspace: Settings) -> dict[str, Any]:
    """What the last run left, in the form of `check`."""
    from pipelines.loading.vault import reading_vault
    from pipelines.warehouse import read_frame

    with reading_vault(workspace.warehouse, workspace.vault) as warehouse:
        tables = read_frame(warehouse, TABLES).to_dicts()
        records = read_frame(warehouse, HELD).to_dicts()
        return {
            "tables": tables,
            "held": records[:MOST_HELD],
            "held_rows": len(records),
            "not_measured": _not_measured(workspace, warehouse),
        }


def _not_measured(workspace: Settings, warehouse: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    from pipelines.commands.metric_needs import MetricNeeds
    from pipelines.serving.catalogue import read_definitions

    labels = dict(read_definitions(PROJECT / "dbt_project/models/metrics").select("metric_id", "label").iter_rows())
    needs = MetricNeeds(PROJECT / "dbt_project").not_measured(warehouse, workspace.as_of or date.today())
    return [
        {
            "missing": one.missing,
            "remedy": one.remedy,
            "metrics": [labels.get(metric, metric) for metric in one.metrics],
        }
        for one in needs
    ]


def check(workspace: Settings) -> dict[str, Any]:
    """What `impact check` finds, as values: counts by table, quarantined records, questions, problems, and what won't be measured."""
    from pipelines.loads_tried import tried_sources
    from pipelines.sources_configured import configured_sources

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    with tried_sources(configured_sources(), go_on=True) as (tried, warehouse):
        held = _held(tried)
        return {
            "tables": [
                {"source": one.source_id, **gate.reconciliation}
                for one in tried
                for gate in one.gates.values()
                if gate.rows_in
            ],
            "held": held[:MOST_HELD],
            "held_rows": len(held),
            "questions": [
                {"key": question.key, "words": question.words, "first": question.first, "source": one.source_id}
                for one in tried
                for question in one.questions
            ],
            "problems": [one.problem for one in tried if one.problem and not one.questions],
            "findings": [f"{one.source_id}: {finding}" for one in tried for finding in one.findings],
            "not_measured": _not_measured(workspace, warehouse),
        }


def _held(tried: Sequence[Any]) -> list[dict[str, Any]]:
    """Quarantined records, once each however many tables they would have filled."""
    found: dict[tuple[str, str, int], dict[str, Any]] = {}
    for one in tried:
        for gate in one.gates.values():
            for row in gate.quarantine.sort("source_line").to_dicts():
                place = (one.source_id, row["source_file"], row["source_line"])
                entry = found.setdefault(place, _record(one.source_id, row))
                if row["reason"] not in entry["reasons"]:
                    entry["reasons"].append(row["reason"])
    return list(found.values())


def _record(source_id: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "source": source_id,
        "file": row["source_file"],
        "line": row["source_line"],
        "reasons": [],
        "remedy": row["remedy"],
        "raw": row["raw_text"],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
