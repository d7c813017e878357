"""Pairs that stand already, as sheets name them: a mentee's current mentor, and whether the two want to go on."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.matching.problem import TEXT_LIST
from pipelines.matching_inputs.identities import Register
from pipelines.matching_inputs.people_named import named_in
from pipelines.matching_inputs.sheets import Sheet, cells_of, some
from pipelines.matching_inputs.taking_part import says_no

Couple = tuple[str, str]
"""Keys of a mentee and a mentor."""


@dataclass(frozen=True)
class Standing:
    """Couples that stand, those of whom somebody doesn't want to go on, and mentor to the number of mentees who are named and stand in no sheet."""

    kept: set[Couple]
    ended: set[Couple]
    elsewhere: Counter[str]


def standing_pairs(sheets: Mapping[str, Sheet], register: Register, said: list[str]) -> Standing:
    """The couples of now. What is made of them, and names that nobody has, is said."""
    found: dict[Couple, bool] = {}
    elsewhere: Counter[str] = Counter()
    for sheet in sheets.values():
        column = sheet.columns.chosen.get("current")
        unknown: list[str] = []
        goes_on = cells_of(sheet.rows, sheet.columns.chosen.get("continues"))
        for person, text, answer in zip(sheet.people, cells_of(sheet.rows, column), goes_on, strict=True):
            own = register.keys[person.side, person.row]
            named = named_in(text, register, "mentors" if sheet.side == "mentees" else "mentees", one_each=False)
            unknown += named.unknown
            if sheet.side == "mentors" and not says_no(answer or ""):
                elsewhere[own] += len(named.unknown)
            for key in named.keys:
                couple = (own, key) if sheet.side == "mentees" else (key, own)
                found[couple] = found.get(couple, True) and not says_no(answer or "")
        if column and found:
            said.append(
                f"{sheet.file}: {column!r} is read as the pairs that stand now; they are kept where nothing better is found. {_asked(sheet)}".strip()
            )
        if unknown:
            said.append(
                f"{sheet.file}: {column!r} names {some(unknown)}, not found in the other sheet and left aside. Check the spelling."
            )
    kept = {couple for couple, stands in found.items() if stands}
    return Standing(kept, set(found.keys() - kept), elsewhere)


def agreed_pairs(sheets: Mapping[str, Sheet], register: Register, said: list[str]) -> set[Couple]:
    """Couples that a sheet says are agreed, whatever their scores; they are said, and names that nobody has."""
    found: set[Couple] = set()
    for sheet in sheets.values():
        column = sheet.columns.chosen.get("agreed")
        side = "mentors" if sheet.side == "mentees" else "mentees"
        named = [named_in(text, register, side, one_each=True) for text in cells_of(sheet.rows, column)]
        own = [register.keys[person.side, person.row] for person in sheet.people]
        here = {(me, key) for me, one in zip(own, named, strict=True) for key in one.keys}
        found |= here if sheet.side == "mentees" else {(key, me) for me, key in here}
        if here:
            said.append(f"{sheet.file}: {column!r} is read as pairs that are agreed; they stay whatever their scores.")
        if unknown := [part for one in named for part in one.unknown]:
            said.append(
                f"{sheet.file}: {column!r} names {some(unknown)}, not found in the other sheet (or found more than once) and left aside. Check the spelling."
            )
    return found


def _asked(sheet: Sheet) -> str:
    column = sheet.columns.chosen.get("continues")
    return f"Whoever doesn't want to continue by {column!r} isn't proposed to the same person again." if column else ""


def without_ended(frames: dict[str, pl.DataFrame], ended: set[Couple]) -> dict[str, pl.DataFrame]:
    """Frames in which couples that don't want to go on are ruled out."""
    mentees = frames["mentees"]
    lists = [
        [*own, *sorted(mentor for mentee, mentor in ended if mentee == key)]
        for own, key in mentees.select("excluded", "person_key").iter_rows()
    ]
    return {**frames, "mentees": mentees.with_columns(pl.Series("excluded", lists, dtype=TEXT_LIST))}


def as_applications(couples: set[Couple], frames: Mapping[str, pl.DataFrame]) -> list[Couple]:
    """Couples by the ids of their applications."""
    ids = [dict(frames[side].select("person_key", "application_id").iter_rows()) for side in ("mentees", "mentors")]
    return sorted(
        (ids[0][mentee], ids[1][mentor]) for mentee, mentor in couples if mentee in ids[0] and mentor in ids[1]
    )
