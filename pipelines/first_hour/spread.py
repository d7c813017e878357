"""Meetings that are spread over columns: one a month, a week or a meeting, with a count, a cross or a day in its cells."""

import re

from pipelines.counted import counted
from pipelines.first_hour.sheets import Sheet
from pipelines.sources.mapped_files.header_words import folded
from pipelines.sources.times.expressions import month_words

FEWEST = 2
_TIMES = re.compile(
    r"(19|20)\d\d (0?[1-9]|1[0-2])( \d{1,2})?|(0?[1-9]|1[0-2]) (19|20)\d\d|\d{1,2} \d{1,2} (19|20)\d\d"
    r"|(calendar )?(week|kw|woche|semaine|semana|settimana) ?\d{1,2}( (19|20)?\d\d)?|(q|quarter|quartal|trimestre) ?[1-4]( (19|20)?\d\d)?"
    r"|(\d(st|nd|rd|th)? )?(meeting|session|treffen|sitzung|termin|gesprach|rencontre|seance|reunion|sesion|encuentro|incontro|sessione|gesprek|encontro)( (no|nr|date|on|datum))?( ?\d{1,2})?"
)


def spread_columns(sheet: Sheet) -> list[str]:
    """The filled columns whose headings are months, weeks, days or numbered meetings; empty where there are fewer than two."""
    found = [name for name in sheet.header if _is_time(folded(name)) and sheet.values(name).len()]
    return found if len(found) >= FEWEST else []


def counting_column(sheet: Sheet) -> str | None:
    """The filled column that counts meetings, as `Number of meetings` beside a month."""
    return next((name for name in sheet.header if _COUNTS.search(folded(name)) and sheet.values(name).len()), None)


def counting_sentence(sheet: Sheet, column: str) -> str:
    """What is said of it."""
    return (
        f"“{sheet.title}” counts meetings in “{column}”, without the days on which they were, so they aren’t read. "
        "Next step: make a row of each meeting, with its day, mentee and mentor"
    )


def spread_sentence(sheet: Sheet, columns: list[str]) -> str:
    """What is said of them."""
    named = ", ".join(f"“{name}”" for name in columns[:FEWEST]) + (" …" if len(columns) > FEWEST else "")
    return (
        f"“{sheet.title}” has meetings in {counted(len(columns), 'column')} ({named}), which {'isn’t' if len(columns) == 1 else 'aren’t'} read. "
        "Next step: make a row of each meeting, with its day, mentee and mentor"
    )


_COUNTS = re.compile(
    r"^(number|no|nr|count|total|how many|anzahl|nombre|numero|nb|n)\b.*\b(meetings?|sessions?|treffen|sitzungen|termine|gesprache|rencontres|seances|reuniones|sesiones|encuentros)\b"
    r"|^(meetings?|sessions?|treffen)( (held|count|per month|a month|this month|in total))?$"
)


def _is_time(heading: str) -> bool:
    words = heading.split()
    is_month = bool(words) and words[0] in month_words() and all(re.fullmatch(r"\d{2}|(19|20)\d\d", word) for word in words[1:])  # fmt: skip
    return is_month or (bool(_TIMES.fullmatch(heading)) and (len(words) > 1 or heading[-1:].isdigit()))
