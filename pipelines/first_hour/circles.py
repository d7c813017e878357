"""Circles kept as a row a person: a group, a role and a name. They are read as pairs, each mentee of a group with its mentor."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.counted import counted
from pipelines.first_hour import kinds
from pipelines.first_hour.applications import role_column
from pipelines.first_hour.columns import never_loaded
from pipelines.first_hour.sheets import Sheet, sheets_of
from pipelines.sources.mapped_files.column_proposals import holds_mail
from pipelines.sources.mapped_files.header_words import ROLES, folded, recognised
from pipelines.sources.records import SourceFile

_GROUP = re.compile(
    r"\b(circles?|groups?|teams?|pods?|tandems?|pairs?|triads?|families|family|kreise?|gruppen?|paare?|cercles?|groupes?|binomes?|circulos?|grupos?|parejas?|gruppo|gruppi|coppia|groep|duo|ryhma|grupp|gruppe|grupa|grup|cift)\b|グループ|小组|그룹"
)
MENTEE, MENTOR = "mentee", "mentor"


@dataclass(frozen=True)
class Circles:
    """pairs: the same as a table of pairs. words: what is said of it."""

    pairs: Sheet
    words: str


def circles_in(sheet: Sheet) -> Circles | None:
    """The pairs of a table that names one person a row, their role and their group; None for any other table."""
    role, words = role_column(sheet)
    group = next((name for name in sheet.header if _GROUP.search(folded(name)) and sheet.values(name).len()), None)
    person = _person(sheet)
    if role is None or group is None or person in (None, role, group) or set(words) != set(ROLES):
        return None
    rows = sheet.rows.with_columns(pl.col(role, group, str(person)).str.strip_chars())
    told = rows.drop_nulls([role, group, str(person)])
    members = {name: frame for (name,), frame in told.group_by(group, maintain_order=True)}
    whole = {name: frame for name, frame in members.items() if _has_both(frame[role].to_list(), words)}
    if not whole or 2 * len(whole) < len(members):
        return None
    beside = [
        name for name in sheet.header if name not in (role, group, person) and _is_of_the_group(told, group, name)
    ]
    lines = [
        line for name, frame in whole.items() for line in _couples(str(name), frame, role, str(person), words, beside)
    ]
    return _as_table(sheet, [group, MENTOR, MENTEE, *beside], lines, len(members) - len(whole), told.height)


def _person(sheet: Sheet) -> str | None:
    by_mail = next((name for name in sheet.header if holds_mail(sheet.values(name))), None)
    names = kinds.name_columns(sheet.header)
    return by_mail or recognised("persons", sheet.header).get("person_id") or (names[0] if len(names) == 1 else None)


def _has_both(roles: list[str], words: dict[str, list[str]]) -> bool:
    return all(set(roles) & set(words[role]) for role in ROLES)


def _is_of_the_group(rows: pl.DataFrame, group: str, name: str) -> bool:
    """Whether a column says the same of everybody in a group, as its first day does."""
    values = rows.select(group, name).drop_nulls()
    same = values.height > 0 and values.n_unique() == values[group].n_unique()
    return same and never_loaded(name) is None


def _couples(
    group: str, rows: pl.DataFrame, role: str, person: str, words: dict[str, list[str]], beside: list[str]
) -> Iterator[list[str]]:
    mentors, mentees = (rows.filter(pl.col(role).is_in(words[one]))[person].to_list() for one in (MENTOR, MENTEE))
    said = [next(iter(rows[name].drop_nulls()), "") for name in beside]
    yield from ([group, mentor, mentee, *said] for mentor in mentors for mentee in mentees)


def _as_table(sheet: Sheet, header: list[str], lines: list[list[str]], left: int, people: int) -> Circles:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *lines])
    stem = f"{sheet.file.name.rpartition('.')[0]}{' ' + sheet.tab if sheet.tab else ''}"
    (made,) = sheets_of(SourceFile(f"{stem} as pairs.csv", text.getvalue().encode()), sheet.today)
    assert isinstance(made, Sheet)  # it was written a line above
    without = (
        f"; {left:,} {'group has' if left == 1 else 'groups have'} no mentor or no mentee and {'is' if left == 1 else 'are'} left out"
        if left
        else ""
    )
    return Circles(
        made,
        f"“{sheet.title}” has a row for each of {people:,} people in groups; it is read as {counted(len(lines), 'pair')}, each mentee with the mentor of the group{without}",
    )
