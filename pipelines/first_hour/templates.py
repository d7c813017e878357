"""Workbooks to fill in: headings that are known, lists to choose from, a sheet of explanations, and three examples that are recognised and refused."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xlsxwriter import Workbook

from pipelines.first_hour.examples import EXPLANATIONS, MARK

TEMPLATES: Mapping[str, str] = {"pairs": "Pairs", "people": "People", "meetings": "Meetings", "survey": "Survey"}
ROWS = 2_000
Cell = str | int | date | None


@dataclass(frozen=True)
class Field:
    """One column: heading, what to write, three examples, and what a cell may hold (day, list of words, whole numbers from to)."""

    heading: str
    words: str
    examples: tuple[Cell, Cell, Cell]
    allowed: Sequence[str] = field(default=())
    bounds: tuple[int, int] | None = None
    is_needed: bool = False


def _who(heading: str, words: str, first: str, second: str, third: str) -> Field:
    return Field(heading, words, (f"{MARK}{first}", f"{MARK}{second}", f"{MARK}{third}"), is_needed=True)


FIELDS: Mapping[str, tuple[Field, ...]] = {
    "pairs": (
        _who(
            "Mentee",
            "Who is mentored: e-mail address, staff number or full name, the same way everywhere.",
            "Ana Souza",
            "Ben Okafor",
            "Chi Lin",
        ),
        _who("Mentor", "Who mentors: written in the same way.", "Dana Weiss", "Dana Weiss", "Eve Moreau"),
        Field(
            "Start date",
            "First day of the pair.",
            (date(2026, 1, 12), date(2026, 1, 19), date(2026, 2, 2)),
            is_needed=True,
        ),
        Field("End date", "Last day; empty while it goes on.", (None, date(2026, 7, 31), None)),
        Field(
            "Status",
            "How it stands.",
            ("active", "completed", "active"),
            ("active", "paused", "completed", "cancelled"),
        ),
    ),
    "people": (
        _who("Staff number", "Tells people apart; letters and digits as in your HR system.", "1001", "1002", "1003"),
        Field("First name", "Only to recognise people by name.", ("Ana", "Ben", "Chi")),
        Field("Last name", "Only to recognise people by name.", ("Souza", "Okafor", "Lin")),
        Field(
            "Email",
            "Work address; joins surveys and pairs.",
            ("ana.souza@your-organisation.org", "ben.okafor@your-organisation.org", "chi.lin@your-organisation.org"),
        ),
        Field("Hire date", "First day here.", (date(2021, 3, 1), date(2019, 9, 16), date(2024, 5, 1)), is_needed=True),
        Field(
            "Leaving date",
            "Last day here; empty while somebody is here. Keep people who left on the list: without them retention can’t be measured.",
            (None, date(2026, 3, 31), None),
        ),
        Field(
            "Reason for leaving",
            "Empty where nobody left.",
            (None, "voluntary", None),
            ("voluntary", "involuntary", "retirement", "end of contract", "unknown"),
        ),
        Field("Department", "For results by department.", ("Sales", "Finance", "Sales")),
        Field("Location", "For results by place.", ("Lisbon", "Lagos", "Lisbon")),
    ),
    "meetings": (
        Field("Date", "Day of the meeting.", (date(2026, 1, 26), date(2026, 2, 2), date(2026, 2, 23)), is_needed=True),
        _who("Mentee", "As in the list of pairs.", "Ana Souza", "Ben Okafor", "Chi Lin"),
        _who("Mentor", "As in the list of pairs.", "Dana Weiss", "Dana Weiss", "Eve Moreau"),
        Field(
            "Status",
            "held, or what happened instead. Write down missed ones too, else nobody can tell how many took place.",
            ("held", "held", "no show"),
            ("held", "cancelled", "no show", "rescheduled"),
        ),
        Field("Minutes", "How long, if you know.", (60, 45, None), bounds=(1, 600)),
    ),
    "survey": (
        Field("Date", "Day of the answer.", (date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 4)), is_needed=True),
        _who(
            "Email",
            "Who answered; leave the column out for an anonymous survey.",
            "ana.souza@your-organisation.org",
            "dana.weiss@your-organisation.org",
            "ben.okafor@your-organisation.org",
        ),
        Field("Role", "As whom.", ("mentee", "mentor", "mentee"), ("mentee", "mentor"), is_needed=True),
        Field("How satisfied are you with the mentoring? (1 to 5)", "5 is the best.", (4, 5, 3), bounds=(1, 5)),
        Field("How likely are you to recommend it? (0 to 10)", "10 is most likely.", (8, 9, 6), bounds=(0, 10)),
        Field("I feel confident in the skill I wanted to learn (1 to 5)", "5 is the most.", (4, 4, 3), bounds=(1, 5)),
        Field("We trust each other (1 to 5)", "5 is the most.", (5, 5, 4), bounds=(1, 5)),
    ),
}


def template(name: str) -> bytes:
    """The workbook of a template. Raises `KeyError` for a name that isn't in `TEMPLATES`."""
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        _data(book, TEMPLATES[name], FIELDS[name])
        _explanations(book, name)
    return stream.getvalue()


def _data(book: Workbook, title: str, fields: Sequence[Field]) -> None:
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    grey = book.add_format({"font_color": "#55606F", "italic": True})
    grey_day = book.add_format({"font_color": "#55606F", "italic": True, "num_format": "yyyy-mm-dd"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for place, one in enumerate(fields):
        is_day = isinstance(next((value for value in one.examples if value is not None), None), date)
        sheet.set_column(place, place, max(14, min(28, len(one.heading) + 4)), day if is_day else None)
        sheet.write_string(0, place, one.heading, bold)
        for row, value in enumerate(one.examples, start=1):
            _write(sheet, row, place, value, grey_day if is_day else grey)
        _validate(sheet, place, one, is_day=is_day)
    sheet.freeze_panes(1, 0)


def _write(sheet: Any, row: int, place: int, value: Cell, form: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, place, value, form)
    elif isinstance(value, int):
        sheet.write_number(row, place, value, form)
    elif value is not None:
        sheet.write_string(row, place, value, form)


def _validate(sheet: Any, place: int, one: Field, *, is_day: bool) -> None:
    """What a cell may hold, told by the spreadsheet program while it is filled in."""
    tell: dict[str, Any] = {"input_title": one.heading[:32], "input_message": one.words[:255], "ignore_blank": True}
    rule: dict[str, Any]
    if one.allowed:
        rule = {"validate": "list", "source": list(one.allowed)}
    elif one.bounds:
        rule = {"validate": "integer", "criteria": "between", "minimum": one.bounds[0], "maximum": one.bounds[1]}
    elif is_day:
        rule = {
            "validate": "date",
            "criteria": ">=",
            "value": date(1930, 1, 1),
            "error_message": "Write a day, for example 2026-01-31.",
        }
    else:
        rule = {"validate": "any"}
    sheet.data_validation(1, place, ROWS, place, {**rule, **tell})


def _explanations(book: Workbook, name: str) -> None:
    sheet = book.add_worksheet(EXPLANATIONS)
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 34, wrap)
    sheet.set_column(1, 1, 90, wrap)
    sheet.write_string(0, 0, f"{TEMPLATES[name]}: one row each", bold)
    lines = [
        (
            "Examples",
            f"The grey rows begin with “{MARK.strip()}”. Overwrite them or leave them; they are never loaded.",
        ),
        (
            "Never write",
            "pay, birth dates, health or anything private: nothing here needs it, and it would not be loaded.",
        ),
        *(
            (
                f"{one.heading}{' (needed)' if one.is_needed else ''}",
                one.words + (f" One of: {', '.join(one.allowed)}." if one.allowed else ""),
            )
            for one in FIELDS[name]
        ),
    ]
    for row, (head, words) in enumerate(lines, start=2):
        sheet.write_string(row, 0, head, bold)
        sheet.write_string(row, 1, words, wrap)
