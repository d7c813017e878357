"""What a column of people's own sheets means: by its usual names, or by the words of the question that a form puts above it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.matching_inputs import word_files

_WORDS: dict[str, Any] = word_files.words("header_words.yaml")
MAILS, NUMBERS, NAMES, FIRST_NAMES, LAST_NAMES = (
    tuple(dict.fromkeys(form for word in _WORDS["people"][kind] for form in (word, word.replace("e_mail", "email"))))
    for kind in ("mails", "numbers", "names", "first_names", "last_names")
)
_BESIDE = frozenset(_WORDS["beside"])
MEANINGS = {alias: meaning for meaning, words in _WORDS["columns"].items() for alias in words}
QUESTIONS = {meaning: re.compile(pattern) for meaning, pattern in _WORDS["questions"].items()}
"""Tried in this order on headers that read like a question."""
_MAIL_ASKED, _NAME_ASKED = (re.compile(_WORDS["asks_for"][kind]) for kind in ("mails", "names"))
_ABOUT = {side: re.compile(pattern) for side, pattern in _WORDS["sides"].items()}
_ONLY = {"mentees": ("demand",), "mentors": ("capacity", "minimum", "reports", "pool", "pool_seats")}
TAKES_PART, ROLES = _WORDS["takes_part"], _WORDS["roles"]
JOINED = ("languages", "skills", "topics", "goals", "interests", "availability")
"""Lists that a form may ask for in several columns: `Skill 1`, `Skill 2`, or a first and a second skill."""
_COUNTED = re.compile(
    rf"(?:^|_)(?:{'|'.join([*map(str, _WORDS['choices']['ranks']), 'other', 'another', 'additional', 'further', 'weitere', 'autre', 'autres', 'otra', 'otras', 'strongest', 'main', 'top'])})(?:_|$)"
)
SIDES = {
    "mentees": ("demand", "applied"),
    "mentors": ("capacity", "minimum", "reports", "pool", "pool_seats", "applied"),
}
FAMILY_BESIDE = {"vorname": "name", "prenom": "nom"}
"""Where this column holds first names, the other holds family names and not whole ones."""
_RANKS = {str(word): rank for word, rank in _WORDS["choices"]["ranks"].items()}
_RANKED = re.compile(
    rf"(?:^|_)({'|'.join(_RANKS)})_(?:{'|'.join(_WORDS['choices']['nouns'])})|(?:^|_)(?:{'|'.join(_WORDS['choices']['numbered'])})_(\d)$"
)
_RANKED_OPTION = re.compile(r"^.*\b(mentor|mentee|people|person)s?\b.*\[\s*(?:rank |choice |place )?(\w+[^\]]*)\]\s*$")


@dataclass(frozen=True)
class Columns:
    """A sheet's columns by meaning. ranked: columns of choices, first choice first. unused: what nothing is made of. twice: (meaning, column, column).

    more: further columns of a list's meaning, whose items are added. takes_part, role: columns that say who still takes part, and on which side.
    """

    chosen: dict[str, str] = field(default_factory=dict)
    mail: str | None = None
    number: str | None = None
    names: tuple[str, ...] = ()
    ranked: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    twice: tuple[tuple[str, str, str], ...] = ()
    more: dict[str, tuple[str, ...]] = field(default_factory=dict)
    takes_part: tuple[str, ...] = ()
    role: str | None = None


def plain(name: str) -> str:
    """A header without case, accents, marks and blanks."""
    return re.sub(r"[^a-z0-9]+", "_", _without_accents(name)).strip("_")


def bare(name: str) -> str:
    """A plain header without words and endings that change nothing: `Your work e-mail`, `Ihre Führungskraft`, `Language(s)`."""
    words = plain(name).replace("e_mail", "email").split("_")
    while len(words) > 1 and words[0] in _BESIDE:
        words = words[1:]
    if len(words) > 1 and words[-1] in ("s", "n", "en", "es") and name.rstrip().endswith(")"):
        words = words[:-1]
    return "_".join(words)


def meaning(name: str) -> str | None:
    """What a column is by its usual name, with or without words around it."""
    outside = re.sub(r"\([^)]*[,/][^)]*\)", " ", name)
    return next((MEANINGS[form] for form in (plain(name), bare(name), bare(outside)) if form in MEANINGS), None)


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in apart if not unicodedata.combining(mark))


def header_score(cells: Sequence[str]) -> int:
    """How much a row looks like the header: known names and questions, if one of them names a person."""
    names = {name for cell in cells for name in (plain(cell), bare(cell))}
    people = {*MAILS, *NUMBERS, *NAMES, *FIRST_NAMES}
    asked = sum(any(_question(cell, side) for side in SIDES) for cell in cells)
    named = bool(names & people) or any(_asks_for_person(cell) for cell in cells)
    return named * (1 + len(names & MEANINGS.keys()) + min(asked, 8))


def columns_of(headers: Sequence[str], side: str) -> Columns:
    """What each column of a sheet means; columns of the other side mean nothing here."""
    by_plain = {name: header for of in (bare, plain) for header in reversed(headers) for name in [of(header)]}
    mail, number = (_first(by_plain, words) for words in (MAILS, NUMBERS))
    mail = mail or next((header for header in headers if _asked(header, _MAIL_ASKED)), None)
    names = (
        _names(by_plain) or tuple(header for header in headers if _asked(header, _NAME_ASKED) and header != mail)[:1]
    )
    role = _saying(headers, ROLES)
    says = [
        *(one for one in headers if plain(one) in TAKES_PART["columns"]),
        _saying(headers, TAKES_PART),
        *(one for one in headers if re.search(TAKES_PART["consents"], _without_accents(one))),
    ]
    takes_part = tuple(dict.fromkeys(one for one in says if one))
    ranked = sorted((place, header) for header in headers if (place := _choice(header)) is not None)
    taken = {mail, number, role, *takes_part, *names, *(header for _, header in ranked)}
    chosen, more, twice = _by_alias([header for header in headers if header not in taken], side)
    for header in sorted(headers, key=lambda one: _opposes(one, side)):
        asked = None if header in taken or header in chosen.values() else _question(header, side)
        if asked is not None and asked not in chosen:
            chosen[asked] = header
        elif (
            asked in JOINED
            and not _opposes(header, side)
            and header not in more.get(asked, ())
            and _are_counted(chosen[asked], header)
        ):
            more[asked] = (*more.get(asked, ()), header)
    used = {
        *taken,
        *chosen.values(),
        *(column for _, _, column in twice),
        *(one for some in more.values() for one in some),
    }
    unused = tuple(header for header in headers if header not in used)
    ordered = tuple(header for _, header in ranked)
    return Columns(chosen, mail, number, names, ordered, unused, tuple(twice), more, takes_part, role)


def _asked(header: str, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.search(_without_accents(header)))


def _asks_for_person(header: str) -> bool:
    return _asked(header, _MAIL_ASKED) or _asked(header, _NAME_ASKED)


def _saying(headers: Sequence[str], words: Mapping[str, Any]) -> str | None:
    """The column that says whether somebody takes part, or their role."""
    named = (header for header in headers if plain(header) in words["columns"])
    return next(named, next((one for one in headers if re.search(words["questions"], _without_accents(one))), None))


def _are_counted(one: str, other: str) -> bool:
    """Whether two columns are places of one list: both are numbered, or one is the other's first, second, further ..."""
    return all(_COUNTED.search(plain(header)) for header in (one, other))


def _names(by_plain: dict[str, str]) -> tuple[str, ...]:
    """The column of whole names, or those of first and family names."""
    first, last, whole = (_first(by_plain, words) for words in (FIRST_NAMES, LAST_NAMES, NAMES))
    if first is not None and last is None and whole == by_plain.get(FAMILY_BESIDE.get(plain(first), "")):
        last = whole
    if first is None and last is not None:  # nombre and apellidos
        first = whole
    return (whole,) if whole and whole not in (first, last) else tuple(part for part in (first, last) if part)


def _by_alias(
    headers: Sequence[str], side: str
) -> tuple[dict[str, str], dict[str, tuple[str, ...]], list[tuple[str, str, str]]]:
    chosen: dict[str, str] = {}
    more: dict[str, tuple[str, ...]] = {}
    twice = []
    for header in sorted(headers, key=lambda one: _opposes(one, side)):
        name = meaning(header) or MEANINGS.get(re.sub(r"_?\d$", "", plain(header)))
        if name is None or not _belongs(name, side):
            continue
        if name in (*JOINED, "manager") and name in chosen:
            if _opposes(header, side):
                continue
            more[name] = (*more.get(name, ()), header)
        elif name in chosen and name != "applied":
            twice.append((name, chosen[name], header))
        chosen.setdefault(name, header)
    return chosen, more, twice


def _opposes(header: str, side: str) -> bool:
    """Whether a column is the other side's: what a mentee already knows, or what a mentor wants to learn."""
    words = plain(header).replace("_", " ")
    other = next(name for name in SIDES if name != side)
    return bool(_ABOUT[other].search(words)) and not _ABOUT[side].search(words)


def looks_like(headers: Sequence[str], side: str) -> bool:
    """Whether a sheet that should hold one side may: not where all that it says of skills, and of seats or mentors wanted, is the other side's."""
    other = next(name for name in SIDES if name != side)
    own_marks, marks = (sum(asks_for(one, of) in _ONLY[of] for one in headers) for of in (side, other))
    skills = [one for one in headers if asks_for(one, side) == "skills"]
    return (
        own_marks > 0
        or not skills
        or not all(_opposes(one, side) for one in skills)
        or (marks == 0 and side == "mentees")
    )


def _belongs(name: str, side: str) -> bool:
    return name in SIDES[side] or not any(name in names for names in SIDES.values())


def _question(header: str, side: str) -> str | None:
    """What a header of several words asks a mentee or a mentor for."""
    words = _without_accents(header).strip()
    if len(words.split()) < 3 and "?" not in words:
        return None
    outside = re.sub(
        r"\([^)]*\)", " ", words
    )  # what is listed within brackets are answers, as in `Your level (Junior, Manager)`
    asked = (
        name
        for text in (outside, words)
        for name, asks in QUESTIONS.items()
        if _belongs(name, side) and asks.search(text)
    )
    return next(asked, None)


def asks_for(header: str, side: str) -> str | None:
    """What a column means on a side, by its usual name or as a question."""
    usual = meaning(header)
    return usual if usual is not None and _belongs(usual, side) else _question(header, side)


def _choice(header: str) -> int | None:
    """The place of a ranked choice of people: `First choice`, `Preferred mentor 2`, `Rank your preferred mentors [1st]`."""
    listed = _RANKED_OPTION.match(_without_accents(header))
    if listed is not None and listed[2].split()[0] in _RANKS:
        return _RANKS[listed[2].split()[0]]
    found = _RANKED.search(plain(header))
    return None if found is None else _RANKS.get(found[1] or "") or int(found[2])


def is_choice(header: str) -> bool:
    """Whether a column holds one ranked choice."""
    return _choice(header) is not None


def _first(by_plain: dict[str, str], words: Sequence[str]) -> str | None:
    return next((by_plain[word] for word in words if word in by_plain), None)
