"""What a column of people's own sheets means: by its usual names, or by the words of the question that a form puts above it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import yaml

_WORDS: dict[str, Any] = yaml.safe_load(
    resources.files(__package__).joinpath("header_words.yaml").read_text(encoding="utf-8")
)
MAILS, NUMBERS, NAMES, FIRST_NAMES, LAST_NAMES = (
    tuple(_WORDS["people"][kind]) for kind in ("mails", "numbers", "names", "first_names", "last_names")
)
MEANINGS = {alias: meaning for meaning, words in _WORDS["columns"].items() for alias in words}
QUESTIONS = {meaning: re.compile(pattern) for meaning, pattern in _WORDS["questions"].items()}
"""Tried in this order on headers that read like a question."""
SIDES = {"mentees": ("demand", "applied"), "mentors": ("capacity", "minimum", "pool", "pool_seats", "applied")}
FAMILY_BESIDE = {"vorname": "name", "prenom": "nom"}
"""Where this column holds first names, the other holds family names and not whole ones."""
_RANKS = {str(word): rank for word, rank in _WORDS["choices"]["ranks"].items()}
_RANKED = re.compile(
    rf"(?:^|_)({'|'.join(_RANKS)})_(?:{'|'.join(_WORDS['choices']['nouns'])})|(?:^|_)(?:{'|'.join(_WORDS['choices']['numbered'])})_(\d)$"
)


@dataclass(frozen=True)
class Columns:
    """A sheet's columns by meaning. ranked: columns of choices, first choice first. unused: what nothing is made of. twice: (meaning, column, column)."""

    chosen: dict[str, str] = field(default_factory=dict)
    mail: str | None = None
    number: str | None = None
    names: tuple[str, ...] = ()
    ranked: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    twice: tuple[tuple[str, str, str], ...] = ()


def plain(name: str) -> str:
    """A header without case, accents, marks and blanks."""
    return re.sub(r"[^a-z0-9]+", "_", _without_accents(name)).strip("_")


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in apart if not unicodedata.combining(mark))


def header_score(cells: Sequence[str]) -> int:
    """How much a row looks like the header: known names and questions, if one of them names a person."""
    names = {plain(cell) for cell in cells}
    people = {*MAILS, *NUMBERS, *NAMES, *FIRST_NAMES}
    asked = sum(any(_question(cell, side) for side in SIDES) for cell in cells)
    return bool(names & people) * (1 + len(names & MEANINGS.keys()) + min(asked, 8))


def columns_of(headers: Sequence[str], side: str) -> Columns:
    """What each column of a sheet means; columns of the other side mean nothing here."""
    by_plain = {plain(header): header for header in reversed(headers)}
    mail, number = (_first(by_plain, words) for words in (MAILS, NUMBERS))
    names = _names(by_plain)
    ranked = sorted((place, header) for header in headers if (place := _choice(header)) is not None)
    taken = {mail, number, *names, *(header for _, header in ranked)}
    chosen, twice = _by_alias([header for header in headers if header not in taken], side)
    for header in headers:
        meaning = None if header in taken or header in chosen.values() else _question(header, side)
        if meaning is not None and meaning not in chosen:
            chosen[meaning] = header
    used = {*taken, *chosen.values(), *(column for _, _, column in twice)}
    unused = tuple(header for header in headers if header not in used)
    return Columns(chosen, mail, number, names, tuple(header for _, header in ranked), unused, tuple(twice))


def _names(by_plain: dict[str, str]) -> tuple[str, ...]:
    """The column of whole names, or those of first and family names."""
    first, last, whole = (_first(by_plain, words) for words in (FIRST_NAMES, LAST_NAMES, NAMES))
    if first is not None and last is None and whole == by_plain.get(FAMILY_BESIDE.get(plain(first), "")):
        last = whole
    if first is None and last is not None:  # nombre and apellidos
        first = whole
    return (whole,) if whole and whole not in (first, last) else tuple(part for part in (first, last) if part)


def _by_alias(headers: Sequence[str], side: str) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    chosen: dict[str, str] = {}
    twice = []
    for header in headers:
        name = MEANINGS.get(plain(header))
        if name is None or not _belongs(name, side):
            continue
        if name in chosen and name != "applied":
            twice.append((name, chosen[name], header))
        chosen.setdefault(name, header)
    return chosen, twice


def _belongs(meaning: str, side: str) -> bool:
    return meaning in SIDES[side] or not any(meaning in names for names in SIDES.values())


def _question(header: str, side: str) -> str | None:
    """What a header of several words asks a mentee or a mentor for."""
    words = _without_accents(header).strip()
    if len(words.split()) < 3 and "?" not in words:
        return None
    return next((name for name, asks in QUESTIONS.items() if _belongs(name, side) and asks.search(words)), None)


def _choice(header: str) -> int | None:
    found = _RANKED.search(plain(header))
    return None if found is None else _RANKS.get(found[1] or "") or int(found[2])


def is_choice(header: str) -> bool:
    """Whether a column holds one ranked choice."""
    return _choice(header) is not None


def _first(by_plain: dict[str, str], words: Sequence[str]) -> str | None:
    return next((by_plain[word] for word in words if word in by_plain), None)
