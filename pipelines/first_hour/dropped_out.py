"""Pairs that broke off, as a column of their own marks them: `Dropped out` with yes and no, or with the day."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.counted import counted
from pipelines.first_hour.columns import never_loaded
from pipelines.first_hour.sheets import Sheet
from pipelines.sources.mapped_files.column_proposals import nothing_written
from pipelines.sources.mapped_files.header_words import folded

if TYPE_CHECKING:
    from pipelines.first_hour.facts import Facts

_LEFT = re.compile(
    r"\b(drop(ped)? ?out|dropout|withdr\w+|discontinu\w+|broke off|left early|ended early|stopped( early)?|gave up|given up|quit|abgebrochen|abbruch|ausgestiegen|abandon\w*|ritirat\w*|desist\w*|gestopt|keskeytt\w*|avbrut\w*|afbrudt|avbrutt|przerwan\w*)\b"
)
_DAY = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\b\d{1,2}\W{0,2}[^\W\d]{3,}\W{0,2}\d{2,4}\b|[^\W\d]{3,} \d{1,2},? \d{4}"
)
_WHY = re.compile(r"\b(reason|why|grund|motif|motivo)\b")
_NO = frozenset("no n nein non nee nej nei ei nie 0 false - not yet still active ongoing".split()) | {"not yet"}


def leaving_columns(sheet: Sheet, known: Iterable[str] = ()) -> list[str]:
    """Filled columns that say of pairs that they broke off. known: headings that say something else."""
    taken = set(known)
    return [
        name
        for name in sheet.header
        if name not in taken
        and _LEFT.search(folded(name))
        and not _WHY.search(folded(name))
        and not never_loaded(name)
        and sheet.values(name).len()
    ]


def leaving_days(sheet: Sheet) -> list[str]:
    """Those of them that hold the day."""
    return [name for name in leaving_columns(sheet) if (told := marks(sheet, name)) and all(map(_DAY.search, told))]


def marks(sheet: Sheet, name: str) -> list[str]:
    """The cells of such a column that say that a pair broke off: all but a no and what stands for nothing."""
    values = sheet.values(name).unique().sort()
    nothing = set(nothing_written(values))
    return [value for value in values if folded(value) not in _NO and folded(value) and value not in nothing]


def with_broken_off(
    sheet: Sheet, left: Sequence[str], ended: str | None, formats: Mapping[str, Any], facts: "Facts"
) -> None:
    """Status and last day with what these columns say before anything else does. ended: the column of last days, where one can be read."""
    for name in left:
        told = marks(sheet, name)
        if not told:
            continue
        others = facts.specs.get("pairs.status") or {"const": facts.constants.pop("pairs.status", "active")}
        broke_off = dict.fromkeys(told, "cancelled")
        rest = dict.fromkeys(value for value in sheet.values(name).unique().sort() if value not in broke_off)
        facts.specs["pairs.status"] = {"from": name, "map": {**broke_off, **rest}, "otherwise": others}
        if formats.get(name):
            _last_days(sheet, name, ended, formats, facts)
        facts.notes.append(_told(sheet, name, told, ended, has_day=bool(formats.get(name))))


def _last_days(sheet: Sheet, name: str, ended: str | None, formats: Mapping[str, Any], facts: "Facts") -> None:
    """The day on which a pair broke off as its last one, and the column of last days for the others."""
    before = facts.specs.get("pairs.actual_end_date") or (_days(sheet, ended, formats[ended]) if ended else None)
    own = _days(sheet, name, formats[name])
    facts.specs["pairs.actual_end_date"] = {**own, "otherwise": before} if before else own


def _days(sheet: Sheet, name: str, written: Any) -> dict[str, Any]:
    nothing = [*nothing_written(sheet.values(name)), *(v for v in sheet.values(name).unique() if folded(v) in _NO)]
    return {"from": name, "date": written, **({"null": sorted(set(nothing))} if nothing else {})}


def _told(sheet: Sheet, name: str, told: Sequence[str], ended: str | None, *, has_day: bool) -> str:
    rows = sheet.rows.filter(pl.col(name).str.strip_chars().is_in(list(told)))
    said = f"“{name}” ends the pairs of {counted(rows.height, 'row')} early"
    without = 0 if has_day else rows.height
    if without and ended:
        without = rows.filter(pl.col(ended).is_null() | (pl.col(ended).str.strip_chars() == "")).height
    return (
        f"{said}; {without:,} of these {'has' if without == 1 else 'have'} no last day, so how long they lasted isn’t known"
        if without
        else said
    )
