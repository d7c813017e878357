"""The handbook's forms: what a tool is told to ask, and that what it exports comes back as satisfaction, recommendation and quality of the relationship."""

import re
from datetime import datetime
from itertools import takewhile
from pathlib import Path

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.handbook.facts import facts_of
from pipelines.handbook.forms import TOOLS, Form, catalogue, forms_of
from pipelines.handbook.guide import ROLES, guide
from pipelines.sources.records import SourceFile
from pipelines.sources.surveys import files as survey_files
from tests.unit.handbook.exports import asked_by_limesurvey, exported
from tests.unit.handbook.test_handbook import PROGRAMME

FACTS = facts_of(PROGRAMME)
FORMS = forms_of(FACTS, ROLES, 5, "employee_number")
CHECK_IN = next(form for form in FORMS if form.name == "check_in")
ANSWERS = [("1001", 4, 9), ("1002", 5, 10), ("1003", 2, 0)]
"""Staff number, an answer of 1 to 5 to every question, the recommendation."""


def responses(tool: str, form: Form) -> bytes:
    """What the tool exports of the form that its own question file describes."""
    told = [
        (datetime(2026, 10, number, 9, 30), staff, {"recommend": recommends, "fully)": answer})
        for number, (staff, answer, recommends) in enumerate(ANSWERS, 1)
    ]
    return exported(tool, form, told)


GOALS = [
    ("goal_setting", datetime(2026, 9, 20, 9, 30), {"agreed": "Yes", "Goal 1: what": "A skill", "Goal 1: in how": 6, "Goal 2: what": "Something else", "Goal 2: in how": 12}),
    ("goal_update", datetime(2026, 10, 20, 9, 30), {"Goal 1: how": 50}),
    ("closing", datetime(2027, 3, 20, 9, 30), {"Goal 1: which": "As expected", "Goal 2: which": "Less than expected"}),
]  # fmt: skip
"""A mentee's year: form, day, answers as they are seen on the form."""


@pytest.mark.parametrize("tool", TOOLS)
def test_goals_and_agreement_come_back_by_the_same_names_from_every_tool(tool: str) -> None:
    mapping = yaml.safe_load(yaml.safe_dump(catalogue(FORMS, TOOLS[tool], "employee_number", "Europe/Berlin")))
    told = {name: [(at, "1001", answers)] for name, at, answers in GOALS}
    files = [SourceFile(f"{form.name}_{form.role}.csv", exported(tool, form, told.get(form.name, []) if form.role == "mentee" else [])) for form in FORMS]  # fmt: skip
    read = survey_files.read(files, {"mapping": mapping, "source_id": "forms"})
    tables = {name: pl.concat([batch.rows for batch in read.batches if batch.table == name], how="vertical_relaxed") for name in ("survey_answers", "survey_questions", "surveys")}  # fmt: skip
    assert sum(batch.rejects.height for batch in read.batches) == 0
    answers = tables["survey_answers"].filter(state="answered").join(tables["survey_questions"], on=["survey_id", "question_id"])  # fmt: skip
    of_mentees = answers.filter(pl.col("survey_id").str.ends_with("mentee"))
    found = {(row["stable_code"], row["value_code"] or row["value_num"]) for row in of_mentees.to_dicts()}
    assert found == {("milestone.agreement_signed", "yes"), ("goal_1.category", "skill"), ("goal_1.months", 6), ("goal_2.category", "other"), ("goal_2.months", 12),
                     ("goal_1.progress", 50), ("goal_1.attainment", 0), ("goal_2.attainment", -1)}  # fmt: skip
    milestones = dict(tables["surveys"].select("survey_id", "milestone").iter_rows())
    assert milestones == {"p-goal-setting-mentee": "goals_set", "p-goal-update-mentee": None, "p-closing-mentee": "closing_assessment"}  # fmt: skip
    assert {finding.subject for finding in read.findings if finding.kind == "no_responses_yet"} == {"p-check-in-mentee", "p-check-in-mentor", "p-closing-mentor"}, "nobody has answered them yet"  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
def test_what_the_tool_exports_is_read_as_the_scales_that_metrics_ask_for(tool: str) -> None:
    mapping = yaml.safe_load(yaml.safe_dump(catalogue(FORMS, TOOLS[tool], "employee_number", "Europe/Berlin")))
    files = [SourceFile(f"{form.name}_{form.role}.csv", responses(tool, form)) for form in FORMS]
    read = survey_files.read(files, {"mapping": mapping, "source_id": "forms"})
    tables = {name: pl.concat([batch.rows for batch in read.batches if batch.table == name], how="vertical_relaxed") for name in ("survey_answers", "survey_questions", "survey_responses")}  # fmt: skip
    told = tables["survey_answers"].join(tables["survey_questions"], on=["survey_id", "question_id"])
    found = {kind: told.filter(survey_id="p-closing-mentee", question_kind=kind)["value_num"].to_list() for kind in ("csat", "recommendation")}  # fmt: skip
    assert {kind: sorted(map(float, values)) for kind, values in found.items()} == {"csat": [2, 4, 5], "recommendation": [0, 9, 10]}  # fmt: skip
    assert told.filter(survey_id="p-check-in-mentor", construct="relationship_quality").height == 4 * len(ANSWERS)
    assert set(tables["survey_responses"]["status"]) == {"complete"}
    assert tables["survey_responses"]["respondent_person_id"].n_unique() == len(ANSWERS)
    assert not [finding for finding in read.findings if finding.kind != "file_not_mapped"]


def test_limesurvey_is_told_of_groups_and_questions_in_its_own_rows() -> None:
    rows = asked_by_limesurvey(CHECK_IN)
    assert [row["class"] for row in rows][:5] == ["S", "SL", "SL", "G", "Q"]
    recommend = next(place for place, row in enumerate(rows) if row["name"] == "RECOMMEND")
    following = takewhile(lambda row: row["class"] == "A", rows[recommend + 1 :])
    assert [row["name"] for row in following] == [str(step) for step in range(11)]
    assert max(len(row["name"]) for row in rows if row["class"] == "A") <= 5, "longer codes are cut"
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", row["name"]) for row in rows if row["class"] == "Q")


def test_paper_and_form_ask_the_same() -> None:
    paper = guide(FACTS, "mentee")
    for item in CHECK_IN.items:
        if item.construct == "relationship_quality":
            assert item.text.partition(" (")[0] in paper


def test_the_command_writes_both_roles_and_says_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IMPACT_WORKSPACE", raising=False)
    done = CliRunner().invoke(app, ["forms", "new_hires_90_days", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    written = {path.name for path in (tmp_path / "new_hires_90_days").iterdir()}
    assert written == {"goal_setting_mentee.limesurvey.txt", "goal_update_mentee.limesurvey.txt", "check_in_mentee.limesurvey.txt", "check_in_mentor.limesurvey.txt", "closing_mentee.limesurvey.txt", "closing_mentor.limesurvey.txt", "surveys.limesurvey.yaml"}  # fmt: skip
    assert "connector: survey_files" in done.output
    assert CliRunner().invoke(app, ["forms", "nobody", "--out", str(tmp_path)]).exit_code == 1
