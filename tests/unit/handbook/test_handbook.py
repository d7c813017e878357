"""The handbook: for every objective and both roles, in three formats, with the programme's own facts and words."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
import typst
from docx import Document
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.contracts.model import OBJECTIVES
from pipelines.handbook.blocks import blocks
from pipelines.handbook.documents import FORMATS, docx, html, pdf
from pipelines.handbook.facts import facts_of
from pipelines.handbook.guide import ROLES, guide, objectives

PROGRAMME = {
    "programme_id": "p",
    "name": "Pass it on",
    "mission": "What few know, many can do",
    "objective": "knowledge_transfer",
    "cadence_days": 14,
    "planned_sessions": 8,
    "population": {"words": "Everybody in maintenance."},
    "goals": [{"statement": "Half of the lines have a second person by June.", "due_date": date(2027, 6, 30)}],
    "templates": {"agreement": "We meet at the machine."},
}
SECTIONS = (
    "Your part",
    "Agreement",
    "Setting goals",
    "The first meeting",
    "Check-in at half-time",
    "Questions to think about",
    "Closing",
)


def text_of(role: str = "mentee", **changed: object) -> str:
    return guide(facts_of({**PROGRAMME, **changed}), role)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("role", ROLES)
def test_every_objective_has_a_whole_handbook_for_both_roles(objective: str, role: str) -> None:
    told = text_of(role, objective=objective)
    headings = ["".join(run.text for run in block.runs) for block in blocks(told) if block.kind == "heading"]
    assert all(any(section in heading for heading in headings) for section in SECTIONS)
    assert objectives()[objective]["goal"] in told
    assert len(objectives()[objective]["scale"]) == 5


def test_the_two_roles_are_told_different_things() -> None:
    assert "You lead" in text_of("mentee")
    assert "You ask more than you tell" in text_of("mentor")
    assert "You lead" not in text_of("mentor")


def test_the_programmes_facts_and_words_stand_in_it() -> None:
    told = text_of()
    for words in (
        "every two weeks",
        "| 8 |",
        "Everybody in maintenance.",
        "by June (due 30 June 2027).",
        "We meet at the machine.",
    ):
        assert words in told


def test_what_nobody_stated_is_left_to_the_two_of_them() -> None:
    assert text_of(cadence_days=None, planned_sessions=None).count("to be agreed by the two of you") == 2


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_the_same_handbook_is_the_same_file(render) -> None:
    told = blocks(text_of())
    assert render("Handbook", told) == render("Handbook", told)


def test_a_programmes_own_words_can_not_call_out() -> None:
    told = blocks(
        text_of(
            templates={
                "agreement": "![x](https://evil.example/a.png) <img src=x onerror=alert(1)> [a](javascript:alert(1))"
            }
        )
    )
    page = html("Handbook", told).decode()
    assert "<img" not in page
    assert "href" not in page
    assert pdf("Handbook", told).startswith(b"%PDF")


def test_words_headings_lists_and_tables_are_words_own() -> None:
    document = Document(io.BytesIO(docx("Handbook", blocks(text_of()))))
    styles = {paragraph.style.name for paragraph in document.paragraphs}
    assert {"Heading 1", "Heading 2", "List Bullet"} <= styles
    assert len(document.tables) >= 7
    assert zipfile.ZipFile(io.BytesIO(docx("Handbook", blocks(text_of())))).testzip() is None


def test_the_pdf_passes_its_own_accessibility_checks() -> None:
    try:
        assert pdf("Handbook", blocks(text_of())).startswith(b"%PDF")
    except typst.TypstError as problem:  # pragma: no cover
        pytest.fail(str(problem))


def test_the_command_writes_six_files_a_programme_and_names_those_there_are(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["handbook", "inclusive_leadership", "--out", str(tmp_path)])
    assert ended.exit_code == 0, ended.output
    assert sorted(path.name for path in (tmp_path / "inclusive_leadership").iterdir()) == sorted(
        f"{role}.{suffix}" for role in ROLES for suffix in FORMATS
    )
    unknown = CliRunner().invoke(app, ["handbook", "nonsense", "--out", str(tmp_path)])
    assert unknown.exit_code == 1
    assert "new_hires_90_days" in unknown.output
