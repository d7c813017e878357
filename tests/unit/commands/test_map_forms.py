"""`impact map` of a form's export writes the catalogue by which it is read, the handbook's own forms without a question; a list of answers is never a list of people."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.handbook.facts import facts_of
from pipelines.handbook.forms import Form, forms_of
from pipelines.handbook.guide import ROLES
from pipelines.sources.records import SourceFile
from pipelines.sources.surveys import files as survey_files
from tests.unit.handbook.exports import exported
from tests.unit.handbook.test_handbook import PROGRAMME

FORMS = forms_of(facts_of(PROGRAMME), ROLES, 5, "email")
SAID = {"agreed": "Yes", "Goal 1: what": "The next role", "Goal 1: in how": 6, "Goal 1: how": 50, "fully)": 4, "recommend": 8, "Goal 1: which": "As expected"}  # fmt: skip


def export(tool: str, form: Form, folder: Path) -> Path:
    told = [
        (datetime(2026, 4, 6, 9, 30) + timedelta(days=n), f"{form.role}{n}@club.example", {**SAID, "fully)": 3 + n % 3})
        for n in range(8)
    ]
    path = folder / f"{form.name} {form.role}.csv"
    path.write_bytes(exported(tool, form, told))
    return path


@pytest.mark.parametrize(
    ("tool", "name", "role"),
    [("google_forms", "check_in", "mentee"), ("limesurvey", "goal_setting", "mentee"), ("limesurvey", "closing", "mentor")],
)  # fmt: skip
def test_a_form_of_the_handbook_is_known_and_its_answers_load(tool: str, name: str, role: str, tmp_path: Path) -> None:
    """One of each kind: every form of each tool is known in Add data's own test, by the same code."""
    form = next(one for one in FORMS if (one.name, one.role) == (name, role))
    path, out = export(tool, form, tmp_path), tmp_path / "catalogue.yaml"
    done = CliRunner().invoke(app, ["map", str(path), "--out", str(out), "--zone", "Europe/Berlin", "--programme", "graduates"])  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "connector: survey_files" in done.output
    assert "club.example" not in done.output
    catalogue = yaml.safe_load(out.read_text())
    (survey,) = catalogue["surveys"]
    assert {word: survey.get(word) for word in ("respondent_role", "programme_id", "wave", "milestone")} == {
        "respondent_role": form.role,
        "programme_id": "graduates",
        "wave": form.survey["wave"],
        "milestone": form.survey.get("milestone"),
    }
    assert sorted(entry["stable_code"] for entry in survey["questions"].values()) == sorted(
        item.stable_code for item in form.items
    )
    extract = survey_files.read([SourceFile(path.name, path.read_bytes())], {"mapping": catalogue})
    rows = {batch.table: batch.rows.height for batch in extract.batches}
    assert rows["survey_responses"] == 8
    assert rows["survey_answers"] >= 8


def test_what_only_its_owner_knows_is_asked_and_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "pulse.csv"
    steps = ("Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied")
    lines = ["Timestamp,How satisfied are you with mentoring?"]
    lines += [f"2026-04-{day:02} 09:30:00,{steps[day % 5]}" for day in range(1, 13)]
    file.write_text("\n".join(lines))
    out = tmp_path / "pulse.yaml"
    asked = CliRunner().invoke(app, ["map", str(file), "--out", str(out), "--zone", "Europe/Berlin"])
    assert asked.exit_code == 1
    assert "--role" in asked.output
    assert not out.exists()
    unknown_zone = CliRunner().invoke(app, ["map", str(file), "--out", str(out), "--role", "mentee"])
    assert "--zone" in unknown_zone.output
    assert not out.exists()
    done = CliRunner().invoke(app, ["map", str(file), "--out", str(out), "--role", "mentee", "--zone", "Europe/Berlin"])
    assert done.exit_code == 0, done.output
    assert yaml.safe_load(out.read_text())["surveys"][0]["respondent_role"] == "mentee"


def test_two_people_and_a_day_are_a_list_of_pairs_here_as_in_add_data(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text("Mentee,Mentor,Start date\n" + "".join(f"a{n}@x.example,b{n}@x.example,2026-01-1{n}\n" for n in range(9)))  # fmt: skip
    done = CliRunner().invoke(app, ["map", str(file)])
    assert done.exit_code == 0, done.output
    assert "looks like a row of pairs" in done.output


def test_what_a_question_is_used_for_is_said_of_its_own_subject(tmp_path: Path) -> None:
    form = next(one for one in FORMS if (one.name, one.role) == ("closing", "mentor"))
    done = CliRunner().invoke(app, ["map", str(export("limesurvey", form, tmp_path)), "--zone", "Europe/Berlin"])
    assert "PROGRESS: relationship quality" in done.output
