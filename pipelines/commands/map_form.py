"""`impact map` of a form's export: the catalogue by which its answers are read, as Add data writes it; the handbook's own forms are known by their questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import typer

from pipelines.commands.words import stop
from pipelines.first_hour import kinds
from pipelines.first_hour.dates import certain_formats
from pipelines.first_hour.facts import Context
from pipelines.first_hour.forms import understand_form
from pipelines.first_hour.questions import Question, open_questions
from pipelines.first_hour.sheets import Sheet
from pipelines.first_hour.understanding import USED, Understood, date_headers
from pipelines.mapping_text import as_yaml
from pipelines.sources.conversions import as_list

NUMBERS = "employee_number"
"""The id type of staff numbers, as `impact forms` writes it."""


@dataclass(frozen=True)
class Said:
    """What the command was told of a form. zone: of its times; None where nobody said. role: who answered; programme: its id."""

    zone: str | None = None
    role: str | None = None
    programme: str | None = None


def catalogue_of(sheet: Sheet, said: Said) -> tuple[Understood, str]:
    """What the form means, and its catalogue as YAML. Ends the command where it can't be read, or waits for an answer."""
    answers = {f"{sheet.key}|role|": said.role} if said.role else {}
    context = Context(said.zone or "UTC", date.today(), NUMBERS, said.programme or Context.programme)
    found = understand_form(sheet, answers, context, certain_formats(sheet, date_headers(sheet, kinds.SURVEY)))
    open_ones = open_questions(found.questions, answers)
    if found.problem:
        stop(found.problem)
    if open_ones or found.mapping is None:
        stop(_what_is_open(sheet, open_ones))
    if said.zone is None and not _names_its_zone(found.mapping):
        stop(f"{sheet.title} looks like the answers to a survey, and nothing in it says in which zone its times are. Next step: say so, for example --zone Europe/Berlin.")  # fmt: skip
    if said.programme is None:
        found.notes.append(f"the programme is called {Context.programme!r}; say its id with --programme, or correct `programme_id`")  # fmt: skip
    lines = [f"# The catalogue of {sheet.title}. Its words are explained in docs/reference/survey-catalogues.md."]
    return found, "\n".join([*lines, *(f"# taken as: {note}" for note in found.notes), as_yaml(found.mapping)])


def _names_its_zone(catalogue: Mapping[str, Any]) -> bool:
    """Whether every time is written with its distance from UTC."""
    return all("%z" in pattern for pattern in as_list(catalogue["layout"]["times"]))


def _what_is_open(sheet: Sheet, questions: list[Question]) -> str:
    asked = " ".join(f"{one.words} ({' or '.join(option.words for option in one.options)})" for one in questions)
    roles = " Who answered is said with --role;" if any(one.key.endswith("|role|") for one in questions) else ""
    return f"{sheet.title} looks like the answers to a survey, and only its owner can say: {asked}{roles} Next step: `impact start {sheet.file.name}` asks it on a page and writes the catalogue."


def say_form(found: Understood) -> None:
    """What each question is taken for, and what would be loaded; none of the answers."""
    typer.secho(f"A row of {found.sheet.title} is one person's answers: {found.rows:,} would be loaded, {found.unreadable:,} quarantined.", bold=True)  # fmt: skip
    for header, (use, words) in found.columns.items():
        typer.echo(f"  {'' if use == USED else 'not read: '}{header}: {words}")
    for note in found.notes:
        typer.echo(f"  taken as: {note}")
