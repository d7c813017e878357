"""The handbook's forms: what a tool is told to ask, and that what it exports comes back as satisfaction, recommendation and quality of the relationship."""

import csv
import io
import re
from pathlib import Path

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.handbook.facts import facts_of
from pipelines.handbook.forms import TOOLS, Form, catalogue, forms_of, google_forms, limesurvey
from pipelines.handbook.guide import ROLES, guide
from pipelines.sources.records import SourceFile
from pipelines.sources.surveys import files as survey_files
from tests.unit.handbook.test_handbook import PROGRAMME

FACTS = facts_of(PROGRAMME)
FORMS = forms_of(FACTS, ROLES, 5, "employee_number")
ANSWERS = [("1001", 4, 9), ("1002", 5, 10), ("1003", 2, 0)]
"""Staff number, an answer of 1 to 5 to every question, the recommendation."""


def asked_by_limesurvey(form: Form) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(limesurvey(form).decode("utf-8-sig")), delimiter="\t"))


def exported(tool: str, form: Form) -> bytes:
    """What the tool exports of the form that its own question file describes."""
    if tool == "limesurvey":
        names = [row["name"] for row in asked_by_limesurvey(form) if row["class"] == "Q"]
        head, stamp = ["id", "submitdate"], ["{}", "2026-10-0{} 09:30:00"]
    else:
        names = [
            found.encode().decode("unicode_escape")
            for found in re.findall(r'setTitle\("(.*?)"\)', google_forms(form).decode())
        ]
        head, stamp = ["Timestamp"], ["2026/10/0{} 9:30:00 AM GMT+2"]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*head, *names])
    for number, (staff, answer, recommends) in enumerate(ANSWERS, 1):
        rest = [recommends if "recommend" in name.casefold() else answer for name in names[1:]]
        writer.writerow([*(one.format(number) for one in stamp), staff, *rest])
    return text.getvalue().encode()


@pytest.mark.parametrize("tool", TOOLS)
def test_what_the_tool_exports_is_read_as_the_scales_that_metrics_ask_for(tool: str) -> None:
    mapping = yaml.safe_load(yaml.safe_dump(catalogue(FORMS, TOOLS[tool], "employee_number", "Europe/Berlin")))
    files = [SourceFile(f"{form.name}_{form.role}.csv", exported(tool, form)) for form in FORMS]
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
    rows = asked_by_limesurvey(FORMS[0])
    assert [row["class"] for row in rows][:5] == ["S", "SL", "SL", "G", "Q"]
    recommend = next(place for place, row in enumerate(rows) if row["name"] == "RECOMMEND")
    assert [row["name"] for row in rows[recommend + 1 :] if row["class"] == "A"] == [str(step) for step in range(11)]
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", row["name"]) for row in rows if row["class"] == "Q")


def test_paper_and_form_ask_the_same() -> None:
    paper = guide(FACTS, "mentee")
    for item in FORMS[0].items:
        if item.construct == "relationship_quality":
            assert item.text.partition(" (")[0] in paper


def test_the_command_writes_both_roles_and_says_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IMPACT_WORKSPACE", raising=False)
    done = CliRunner().invoke(app, ["forms", "new_hires_90_days", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    written = {path.name for path in (tmp_path / "new_hires_90_days").iterdir()}
    assert written == {"check_in_mentee.limesurvey.txt", "check_in_mentor.limesurvey.txt", "closing_mentee.limesurvey.txt", "closing_mentor.limesurvey.txt", "surveys.limesurvey.yaml"}  # fmt: skip
    assert "connector: survey_files" in done.output
    assert CliRunner().invoke(app, ["forms", "nobody", "--out", str(tmp_path)]).exit_code == 1
