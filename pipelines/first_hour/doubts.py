"""What a table holds that can be read and is hardly meant: letters that were lost, a pair of one person, first days far ahead."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from pipelines.counted import counted
from pipelines.first_hour import kinds
from pipelines.first_hour.dates import holds_dates
from pipelines.first_hour.dropped_out import leaving_columns, marks
from pipelines.first_hour.names import plain_name
from pipelines.first_hour.sheets import Sheet
from pipelines.sources.mapped_files.header_words import ROLES, folded

MOST = 0.6
_OF_OTHER_DAYS = re.compile(
    r"\b(next|mid ?(term|way|point)|midterm|last (meeting|session|contact|seen|update\w*)|birth|dob|updated|modified|due|deadline|review\w*|check\w*|report|training|trained|applied|application|registered|hired?|joined|nachste\w*|prochain\w*|proxim\w*|geburt\w*)\b"
)
"""Days in a list of pairs that begin and end nothing."""
_A_DAY = r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}"
AHEAD = timedelta(days=550)
_LOST = r"\p{L}[?\x{fffd}]|[?\x{fffd}]\p{L}"


def doubts(sheet: Sheet, kind: str, latest: date | None, today: date) -> list[str]:
    """Each of them in words. latest: the last first day, or meeting."""
    return [*_lost_letters(sheet, kind), *_with_oneself(sheet, kind), *_far_ahead(latest, today)]


def _lost_letters(sheet: Sheet, kind: str) -> Iterator[str]:
    named = kinds.name_columns(sheet.header) if kind == kinds.PEOPLE else tuple(kinds.roles(sheet).values())
    for header in named:
        lost = sheet.values(header).unique().filter(sheet.values(header).unique().str.contains(_LOST))
        if lost.len():
            yield f"“{lost[0]}” in “{header}” has lost letters on its way here; export the file again in UTF-8 or as XLSX, or it is somebody else than elsewhere"


def _with_oneself(sheet: Sheet, kind: str) -> Iterator[str]:
    sides = kinds.roles(sheet)
    if kind not in (kinds.PAIRS, kinds.MEETINGS) or len(sides) < len(ROLES):
        return
    rows = sheet.rows.select(list(sides.values())).drop_nulls().unique()
    same = [one for one, other in rows.iter_rows() if plain_name(one) and plain_name(one) == plain_name(other)]
    if same:
        yield f"{len(same):,} {'row names' if len(same) == 1 else 'rows name'} the same person as mentee and as mentor, such as “{same[0]}”"


def unread_days(sheet: Sheet, unused: Sequence[str]) -> list[str]:
    """What is said of columns that hold days although no column of days is known by its name: a period in one cell, a heading of one's own."""
    return [
        f"“{name}” holds days and isn’t read; give first and last days columns of their own, “Start” and “End”, with a day a cell"
        for name in unused
        if sheet.values(name).len() and float(str(sheet.values(name).str.contains(_A_DAY).mean())) > MOST
    ]


def further_days(sheet: Sheet, unused: Sequence[str]) -> list[str]:
    """What is said of columns of days in a list of pairs that has days already: one may hold the last day under a heading of its own."""
    return [
        f"“{name}” holds days and isn’t read; if pairs begin or end on them, call it “Start” or “End”"
        for name in unused
        if holds_dates(sheet, name) and not _OF_OTHER_DAYS.search(folded(name))
    ]


def marked_as_left(sheet: Sheet, unused: Sequence[str]) -> list[str]:
    """What is said of columns that mark pairs that broke off where another column says how each pair stands."""
    marked = {name: sheet.values(name).is_in(marks(sheet, name)).sum() for name in leaving_columns(sheet)}
    return [
        f"“{name}” isn’t read, since another column says how each pair stands; it marks {counted(int(rows), 'pair')}, and both should say the same"
        for name, rows in marked.items()
        if name in unused and rows
    ]


def _far_ahead(latest: date | None, today: date) -> Iterator[str]:
    if latest is not None and latest > today + AHEAD:
        yield f"a first day or a meeting lies far ahead, on {latest.day} {latest:%B %Y}; correct it if its year was mistyped"
