"""Exports of the handbook's own forms are known again: as which form, by whom, and what each question measures; nothing of it is asked."""

from datetime import datetime

import pytest

from pipelines.handbook.facts import facts_of
from pipelines.handbook.forms import TOOLS, Form, forms_of
from pipelines.handbook.guide import ROLES
from pipelines.sources.records import SourceFile
from tests.unit.first_hour.made import csv_file, planned
from tests.unit.handbook.exports import exported
from tests.unit.handbook.test_handbook import PROGRAMME

pytestmark = pytest.mark.slow

PAIRS = csv_file(
    "pairs.csv",
    [
        ["Mentee", "Mentor", "Start"],
        *([f"mentee{n}@x.example", f"mentor{n}@x.example", "2026-03-02"] for n in range(6)),
    ],
)
FORMS = {(form.name, form.role): form for form in forms_of(facts_of(PROGRAMME), ROLES, 5, "email")}
ANSWERS = {"agreed": "Yes", "what is it about": "The next role", "in how many months": 6, "how far": 75, "which of your": "As expected", "recommend": 9, "fully)": 4}  # fmt: skip


def export(tool: str, form: Form) -> SourceFile:
    told = [(datetime(2026, 10, 20 + n, 9, 30), f"{form.role}{n}@x.example", ANSWERS) for n in range(6)]
    return SourceFile(f"{form.title}.csv", exported(tool, form, told))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: f"{form.name} {form.role}")
def test_each_form_of_each_tool_is_known_with_its_role_and_milestone_and_asks_nothing(tool: str, form: Form) -> None:
    plan = planned(PAIRS, export(tool, form))
    assert [question.words for question in plan.open] == []
    (found,) = (one for one in plan.tables if one.kind == "survey")
    assert found.mapping is not None
    (survey,) = found.mapping["surveys"]
    assert (survey["respondent_role"], survey.get("milestone")) == (form.role, form.survey.get("milestone"))
    assert (survey["wave"], survey["anonymity"]) == (form.survey["wave"], "identified")
    assert {one["stable_code"] for one in survey["questions"].values()} == {item.stable_code for item in form.items}
    assert {use for use, _ in found.columns.values()} <= {"used", "unused"}
    assert found.unreadable == 0


def test_a_table_with_one_of_the_questions_is_anybodys_form() -> None:
    rows = [["Timestamp", "Email", "I can say openly what I think (1: not at all, 5: fully)"]]
    rows += [[f"2026-09-0{n + 1} 09:00:00", f"mentee{n}@x.example", n] for n in range(1, 6)]
    plan = planned(PAIRS, csv_file("own form.csv", rows))
    assert any("answered this form" in question.words for question in plan.open)
