"""The workspace to which a page may add data: the one that `impact start` names, and only on the computer on which it runs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipelines.audit_log import append, log_of
from pipelines.first_hour import work
from pipelines.first_hour.goal_files import name_in, programme_paths, write_goal
from pipelines.first_hour.intake import Intake
from pipelines.first_hour.plan import Plan, plan_of
from pipelines.first_hour.programme import GOALS_KEPT, key_of
from pipelines.first_hour.staff_numbers import staff_number_type
from pipelines.first_hour.writing import HEAD, write_trial, write_workspace

ALLOWED = "IMPACT_ADD_DATA"
LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Opened:
    """A workspace that data may be added to."""

    workspace_file: Path
    data: Path

    @property
    def intake(self) -> Intake:
        """What was added and answered so far."""
        return Intake.of(self.data)

    def plan(self, intake: Intake, zone: str) -> Plan:
        """What the added files come to, beside what the workspace holds already."""
        content = yaml.safe_load(self.workspace_file.read_text(encoding="utf-8"))
        return plan_of(
            intake.files,
            intake.answers,
            today=date.today(),
            zone=content.get("zone") or zone,
            given=self._described_elsewhere(),
            people=staff_number_type(content),
        )

    def begin_check(self, plan: Plan, intake: Intake, stamp: str) -> None:
        """Try everything; nothing of the workspace changes."""
        trial = write_trial(plan, self.workspace_file, intake.folder / "trial")
        work.start("check", intake.folder, trial, self.data, stamp=stamp)

    def begin_run(self, plan: Plan, intake: Intake, stamp: str, accept: list[str]) -> list[Path]:
        """Write the workspace's files and run it. The files."""
        written = write_workspace(plan, self.workspace_file)
        work.start("run", intake.folder, self.workspace_file, self.data, accept=accept, stamp=stamp)
        return written

    @property
    def programme_files(self) -> dict[str, Path]:
        """Programme id to its file."""
        return programme_paths(self.workspace_file)

    def write_goal(self, programme_id: str, goal: Mapping[str, Any], actor: str | None = None) -> None:
        """Change or add a goal in the programme's file; it shows after the next run. actor: who, in the audit log; default the process's user. Raises SourceRefused, with the file as it was."""
        path = self.programme_files[programme_id]
        write_goal(path, goal)
        self.intake.answer(key_of(programme_id, GOALS_KEPT), "yes")
        append(log_of(self.data), "changed a goal", {"goal": goal["goal_id"], "file": path.name}, actor=actor)

    def _described_elsewhere(self) -> dict[str, str]:
        """The programmes that somebody else described: id to name."""
        return {
            programme: name_in(path)
            for programme, path in self.programme_files.items()
            if not path.read_text(encoding="utf-8").startswith(HEAD)
        }


def opened(address: str | None) -> Opened | None:
    """The workspace that this server may write to; None where nobody said so, or others could reach the server. address: at which it listens."""
    named = os.environ.get(ALLOWED)
    if not named or address not in LOCAL:
        return None
    workspace_file = Path(named)
    return Opened(workspace_file, Path(os.environ.get("IMPACT_DATA") or workspace_file.parent / "data"))
