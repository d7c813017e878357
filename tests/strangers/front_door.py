"""An organisation that comes through Add data: its files and answers, the workspace that is written of them, one dry run and one run as the page starts them."""

import datetime
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.first_hour.outlook import held_sentence, loaded_sentence, measured_sentence
from pipelines.first_hour.plan import Plan, plan_of
from pipelines.first_hour.progress import DONE, Progress, progress_of
from pipelines.first_hour.writing import new_workspace, write_workspace
from pipelines.sources.records import SourceFile
from tests.demo_run import PROJECT, run_environment
from tests.strangers.organisation import KEY, Ran


@dataclass(frozen=True)
class Opened(Ran):
    """A run that began on Add data. checked, done: what the dry run and the run left for the page."""

    checked: Mapping[str, Any]
    done: Mapping[str, Any]

    @property
    def closing(self) -> tuple[str, str, str]:
        """The three sentences at the end."""
        return (
            loaded_sentence(self.done, done=True),
            held_sentence(self.done, done=True),
            measured_sentence(self.done),
        )


def answered(files: list[SourceFile], answers: Mapping[str, str], today: datetime.date) -> Plan:
    """The plan once every question is answered: as given, else with the first option."""
    said = dict(answers)
    for _ in range(4):
        plan = plan_of(files, said, today=today, zone="Europe/Berlin")
        said |= {question.key: question.options[0].value for question in plan.open}
    plan = plan_of(files, said, today=today, zone="Europe/Berlin")
    assert (plan.open, plan.open_programmes, plan.problems) == ([], {}, [])
    return plan


def run_from_files(folder: Path, files: list[SourceFile], answers: Mapping[str, str], today: datetime.date) -> Opened:
    """Write the workspace as the page does, try it and run it."""
    new_workspace(folder / "impact.yaml", "stranger")
    write_workspace(answered(files, answers, today), folder / "impact.yaml")
    text = (folder / "impact.yaml").read_text()
    if "as_of:" not in text:  # the page counts up to today; a test has a day of its own
        (folder / "impact.yaml").write_text(f"{text}as_of: {today}\n")
    checked, done = (_work(action, folder) for action in ("check", "run"))
    assert done.state == DONE, done.problems
    return Opened(folder / "data", "", checked.result, done.result)


def _work(action: str, folder: Path) -> Progress:
    """A dry run or a run in a process of its own, and how it ended."""
    intake = folder / "data/intake"
    intake.mkdir(parents=True, exist_ok=True)
    environment = run_environment(folder / "data", IMPACT_WORKSPACE=str(folder / "impact.yaml"), IMPACT_HASH_KEY=KEY)
    command = [sys.executable, "-m", "pipelines.first_hour.work", action, str(intake)]
    subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, check=True, timeout=1_500)
    found = progress_of(intake)
    assert found is not None
    return found
