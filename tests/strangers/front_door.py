"""An organisation that comes through Add data: its files and answers, the workspace that is written of them, and one run."""

import datetime
from collections.abc import Mapping
from pathlib import Path

from pipelines.first_hour.plan import Plan, plan_of
from pipelines.first_hour.writing import new_workspace, write_workspace
from pipelines.sources.records import SourceFile
from tests.demo_run import impact
from tests.strangers.organisation import KEY, Ran


def answered(files: list[SourceFile], answers: Mapping[str, str], today: datetime.date) -> Plan:
    """The plan once every question is answered: as given, else with the first option."""
    said = dict(answers)
    for _ in range(4):
        plan = plan_of(files, said, today=today, zone="Europe/Berlin")
        said |= {question.key: question.options[0].value for question in plan.open}
    plan = plan_of(files, said, today=today, zone="Europe/Berlin")
    assert (plan.open, plan.open_programmes, plan.problems) == ([], {}, [])
    return plan


def run_from_files(folder: Path, files: list[SourceFile], answers: Mapping[str, str], today: datetime.date) -> Ran:
    """Write the workspace as the page does, and run it."""
    new_workspace(folder / "impact.yaml", "stranger")
    write_workspace(answered(files, answers, today), folder / "impact.yaml")
    text = (folder / "impact.yaml").read_text()
    if "as_of:" not in text:  # the page counts up to today; a test has a day of its own
        (folder / "impact.yaml").write_text(f"{text}as_of: {today}\n")
    ended = impact(folder / "data", "run", IMPACT_WORKSPACE=str(folder / "impact.yaml"), IMPACT_HASH_KEY=KEY)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return Ran(folder / "data", ended.stdout)
