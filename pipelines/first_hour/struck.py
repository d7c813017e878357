"""Rows of a workbook that somebody struck through: an ended pair, a pair that never was, somebody who left. Only their owner knows which."""

from pipelines.first_hour.questions import Option, Question
from pipelines.first_hour.sheets import Sheet

OUT = "out"


def struck_question(sheet: Sheet) -> Question | None:
    """Whether rows that are struck through count; only their owner knows. None where there are none."""
    if not sheet.struck:
        return None
    rows = "1 row is" if len(sheet.struck) == 1 else f"{len(sheet.struck):,} rows are"
    does = "Does it" if len(sheet.struck) == 1 else "Do they"
    options = (
        Option(OUT, "No, they were called off or entered by mistake", "They are left out, and counted as left out"),
        Option("count", "Yes, like the others", "Pairs that ended and people who left count up to their last day"),
    )
    words = f"{rows} struck through in “{sheet.title}”, such as {sheet.struck[0]}. {does} count?"
    return Question(f"{sheet.key}|struck|", words, options, "Some strike out what ended, others what never was.")
