"""Columns that name a sheet's people by what stands in them, where no usual heading says so: `Preferred Email`, `Student name`."""

import re
from dataclasses import replace

import polars as pl

from pipelines.expressions import expression
from pipelines.matching_inputs.cells import without_accents
from pipelines.matching_inputs.headers import Columns
from pipelines.matching_inputs.identities import normal_mail

_NAMES = expression(r"\b(names?|namn|navn|nimi|naam|nombre|nom|nome)\b")
_OF_A_ROW = expression(
    r"((slack|discord|github|teams) )?(handle|user|screen ?name)|mentor|mentee|coach|coachee|buddy|fellow|rep|person|people|applicant|candidate|participant|student|pupil|learner|volunteer|employee|worker|associate|colleague|member|founder|staff member|teilnehmer(in)?|teilnehmende|mitarbeiter(in)?|schuler(in)?|participante?|etudiant(e)?|candidat(e)?|empleado|alumno|who|wer|qui|quien"
)
_OF_OTHERS = expression(
    r"manager|boss|supervisor|chef|compan|organi[sz]ation|employer|school|team|group|file|user ?name|emergency|parent|guardian|teacher|referee|mentor|mentee|partner|project"
)
"""Whose names and addresses a form asks for besides those of whoever answers."""
_NAME = expression(r"@?[^\W\d_][^\d@/]{1,60}")
MOST_WORDS = 6
_CLOCK = expression(r"\d[:h]\d\d|\b\d{1,2} ?[ap]\.?m\b", re.IGNORECASE)
_DAY = expression(r"\b(mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr)(\w*day|tag)?s?\b", re.IGNORECASE)


def with_people(frame: pl.DataFrame, columns: Columns) -> Columns:
    """The columns with an address, and a name where nothing names people, by their content."""
    mail = columns.mail or next((name for name in columns.unused if _holds_addresses(frame, name)), None)
    names = columns.names
    if not names:
        names = tuple(name for name in columns.unused if name != mail and _holds_names(frame, name))[:1]
    return replace(
        columns, mail=mail, names=names, unused=tuple(name for name in columns.unused if name not in (mail, *names))
    )


def with_times(frame: pl.DataFrame, columns: Columns) -> Columns:
    """The columns with times in their place where a heading such as `Slots` means seats in another sheet."""
    name = columns.chosen.get("capacity")
    cells = _filled(frame, name) if name else []
    if name is None or not cells or not all(_CLOCK.search(cell) or _DAY.search(cell) for cell in cells):
        return columns
    rest = {meaning: header for meaning, header in columns.chosen.items() if meaning != "capacity"}
    return replace(columns, chosen={"availability": name, **rest})


def _filled(frame: pl.DataFrame, name: str) -> list[str]:
    return [text.strip() for text in frame[name].drop_nulls() if text.strip()]


def _is_of_others(name: str) -> bool:
    return bool(_OF_OTHERS.search(without_accents(name.casefold())))


def _holds_addresses(frame: pl.DataFrame, name: str) -> bool:
    cells = _filled(frame, name)
    return not _is_of_others(name) and bool(cells) and all(map(normal_mail, cells)) and _mostly_differ(cells)


def _holds_names(frame: pl.DataFrame, name: str) -> bool:
    cells = _filled(frame, name)
    are_names = all(_NAME.fullmatch(cell) and len(cell.split()) <= MOST_WORDS for cell in cells)
    is_asked = bool(_NAMES.search(without_accents(name.casefold()))) and not _is_of_others(name)
    is_asked = is_asked or bool(_OF_A_ROW.fullmatch(without_accents(name.strip().casefold())))
    return is_asked and bool(cells) and are_names and _mostly_differ(cells)


def _mostly_differ(cells: list[str]) -> bool:
    return 2 * len(set(cells)) > len(cells)
