"""Days that are written without their year, or months without a day: asked about once, never made up in silence."""

import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.first_hour.questions import Answers, Option, Question
from pipelines.first_hour.sheets import Sheet
from pipelines.sources.mapped_files.written_times import WITHOUT_DAY, WITHOUT_YEAR, read_by

MOST = 0.6
"""Share of the values that must be such days."""
LEAVE, UNTIL = "leave", "%Y=until "
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_ANY_LEAP_YEAR, _FIRST = " (%Y=2024)", " (%d=1)"


def missing_part(
    sheet: Sheet, header: str, values: pl.Series, answers: Answers
) -> tuple[Question | None, tuple[str, ...]]:
    """What is asked about `values`, and the patterns that the answer makes; no question where they aren't such days."""
    for words, given, ask in ((WITHOUT_YEAR, _ANY_LEAP_YEAR, _which_year), (WITHOUT_DAY, _FIRST, _which_day)):
        fitting = [one for one in words if read_by(values, one + given).count() >= MOST * max(values.len(), 1)]
        if fitting:
            question = ask(sheet, header, values, answers)
            said = question.answer(answers)
            if said is not None and said.startswith("%d") and words is WITHOUT_YEAR:
                fitting = [one for one in WITHOUT_DAY if read_by(values, one + _FIRST).count()]
            return question, () if said in (None, LEAVE) else tuple(f"{one} ({said})" for one in fitting)
    return None, ()


def _which_year(sheet: Sheet, header: str, values: pl.Series, answers: Answers) -> Question:
    """The years that tab and file name, then those of today; and each day as the last such one up to today, or to the day of the answer."""
    today = sheet.today
    said = answers.get(_key(sheet, header), "")
    if said.startswith(UNTIL):
        today = date.fromisoformat(said.removeprefix(UNTIL))
    named = [int(year) for text in (sheet.tab or "", sheet.file.name) for year in _YEAR.findall(text)]
    years = dict.fromkeys([*named, today.year, today.year - 1])
    latest = Option(f"{UNTIL}{today}", f"Each is the last such day up to {today.day} {today:%B %Y}")
    each = [Option(f"%Y={year}", f"{year}") for year in years]
    options = (*each, latest) if named else (latest, *each)
    if any(read_by(values, one + _FIRST).count() >= MOST * values.len() for one in WITHOUT_DAY):
        options = (*options, Option("%d=1", "None: they are months and years, and the first day of each is meant"))
    return _question(sheet, header, f"Of which year are the days in “{header}”, such as {values[0]}?", options)


def _which_day(sheet: Sheet, header: str, values: pl.Series, _: Answers) -> Question:
    options = (
        Option("%d=1", "The first day of each month"),
        Option("%d=last", "The last day of each month"),
    )
    return _question(sheet, header, f"“{header}” names months, such as {values[0]}. Which day is meant?", options)


def _key(sheet: Sheet, header: str) -> str:
    return f"part|{sheet.key}|{header}"


def _question(sheet: Sheet, header: str, words: str, options: Sequence[Option]) -> Question:
    leave = Option(LEAVE, "Nobody knows", f"“{header}” isn’t read then")
    return Question(_key(sheet, header), words, (*options, leave))
