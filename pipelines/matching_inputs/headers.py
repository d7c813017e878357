"""What a column of people's own sheets means: by its usual names, or by the words of the question that a form puts above it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

from pipelines.expressions import expression
from pipelines.matching_inputs.cells import without_accents
from pipelines.matching_inputs.heading_words import HEADINGS, WORDS, bare, plain

MAILS, NUMBERS, NAMES, FIRST_NAMES, LAST_NAMES = (
    tuple(dict.fromkeys(form for word in WORDS["people"][kind] for form in (word, word.replace("e_mail", "email"))))
    for kind in ("mails", "numbers", "names", "first_names", "last_names")
)
MEANINGS = {alias: meaning for meaning, words in WORDS["columns"].items() for alias in words}
QUESTIONS = {meaning: expression(pattern) for meaning, pattern in WORDS["questions"].items()}
"""Tried in this order on headers that read like a question."""
_MAIL_ASKED, _NAME_ASKED = (expression(WORDS["asks_for"][kind]) for kind in ("mails", "names"))
_OF_A_PERSON = expression(r"^[^,;|\t]*\b(name|e-?mail)\b[^,;|\t]*$")
_ABOUT = {side: expression(pattern) for side, pattern in WORDS["sides"].items()}
TAKES_PART, ROLES = WORDS["takes_part"], WORDS["roles"]
_LEAVING = expression(TAKES_PART["leaving"])
JOINED = ("languages", "skills", "topics", "goals", "interests", "availability")
"""Lists that a form may ask for in several columns: `Skill 1`, `Skill 2`, or a first and a second skill."""
_COUNTED = expression(
    rf"(?:^|_)(?:{'|'.join([*map(str, WORDS['choices']['ranks']), 'other', 'another', 'additional', 'further', 'weitere', 'autre', 'autres', 'otra', 'otras', 'strongest', 'main', 'top'])})(?:_|$)"
)
SIDES = {
    "mentees": ("demand", "applied"),
    "mentors": ("capacity", "taken", "left", "minimum", "reports", "pool", "pool_seats", "applied"),
}
_OTHER = {"mentees": "mentor", "mentors": "mentee"}
_OWN_MAILS, _OWN_NUMBERS = (
    {side: tuple(f"{side[:-1]}_{word}" for word in words) for side in _OTHER}
    for words in (("email", "e_mail", "mail", "email_address"), ("id", "no", "nr", "number", "code", "ref"))
)
"""`Mentor email`, `Mentor ID` among mentors."""
_WHY = expression(
    r"^\W*(\d+\W+)?(please )?(why|tell us why|what makes you|warum|weshalb|wieso|pourquoi|por que|porque|perche|waarom|varfor|hvorfor|miksi|dlaczego|neden|なぜ|为什么|왜)\b"
)
_TAKEN = expression(r"(^|_)(current|currently|already|existing|aktuell\w*|derzeit\w*|actuel\w*|actual\w*)(_|$)")
"""Places that are taken already aren't those that are offered."""
_OF_NO_PEOPLE = expression(
    r"\b(slots?|times?|days?|dates?|weeks?|sessions?|workshops?|tracks?|locations?|languages?|termin\w*|creneaux?|horarios?)\b"
)
"""What a ranked choice may be of besides people."""
_OTHER_SPECIFIED = expression(
    r"^(if )?(you (chose|selected|answered) )?.?(other|sonstige\w*|andere\w*|autres?|otr[oa]s?|altr[oi]|outr[oa]s?|anders|muu|annat|andet|annet|inne|diger)\b.{0,12}(specify|which|what|describe|text|angeben|welche|namlich|zwar|precis|especifi|cual|specific|quale|qual\b|namelijk|mika|vilk|hvilk|jaki|belirt|$)"
)
_OF_A_YEAR = expression(
    r"(mentor|mentee|tandem|partner)s?_(?:(?:in|of|from|im|aus|en|de|of_the_year)_)?(19|20)\d\d(_(\d\d|(19|20)\d\d))?|(19|20)\d\d(_(\d\d|(19|20)\d\d))?_(mentor|mentee|tandem|partner)s?"
)
FAMILY_BESIDE = {"vorname": "name", "prenom": "nom"}
"""Where this column holds first names, the other holds family names and not whole ones."""
_RANKS = {str(word): rank for word, rank in WORDS["choices"]["ranks"].items()}
_RANKED = expression(
    rf"(?:^|_)({'|'.join(_RANKS)})_(?:{'|'.join(WORDS['choices']['nouns'])})|(?:^|_)(?:{'|'.join(WORDS['choices']['numbered'])})_(\d)$"
)
_IN_ONE_WORD = expression(r"(?:^|_)(erst|zweit|dritt|viert|funft)(?:wunsch|wahl|praferenz|prioritat)(?:e?s?_\w+)?$")
"""German writes the rank and its noun as one word: `Erstwunsch`, `Zweitwahl Mentor`."""
_WORDS_OF_RANK = ("erst", "zweit", "dritt", "viert", "funft")
_WITHOUT_BLANKS = expression(r"[\u3040-\u30ff\u3400-\u9fff]{4}|[\uac00-\ud7a3]{2}")
"""Letters of scripts that write a question in a word or two."""
_RANKED_OPTION = expression(r"^.*\b(mentor|mentee|people|person)s?\b.*\[\s*(?:rank |choice |place )?(\w+[^\]]*)\]\s*$")


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


def meaning(name: str) -> str | None:
    """What a column is by its usual name, with or without words around it."""
    outside = re.sub(r"\([^)]*[,/][^)]*\)", " ", name)
    found = next((MEANINGS[form] for form in (plain(name), bare(name), bare(outside)) if form in MEANINGS), None)
    return "taken" if found == "capacity" and _TAKEN.search(plain(name)) else found


def _without_accents(text: str) -> str:
    return without_accents(text.casefold())


def header_score(cells: Sequence[str]) -> int:
    """How much a row looks like the header: known names and questions, if one of them names a person."""
    names = {name for cell in cells for name in (plain(cell), bare(cell))}
    people = {*MAILS, *NUMBERS, *NAMES, *FIRST_NAMES}
    if not names & people and not any(_asks_for_person(cell) for cell in cells):
        return 0
    asked = sum(any(_question(cell, side) for side in SIDES) for cell in cells)
    return 1 + len(names & MEANINGS.keys()) + min(asked, 8)


def columns_of(headers: Sequence[str], side: str) -> Columns:
    """What each column of a sheet means; columns of the other side mean nothing here."""
    by_plain = {name: header for of in (bare, plain) for header in reversed(headers) for name in [of(header)]}
    mail, number = (
        _first(by_plain, _own(words, side)) for words in ((*_OWN_MAILS[side], *MAILS), (*_OWN_NUMBERS[side], *NUMBERS))
    )
    mail = mail or next((header for header in headers if _asked(header, _MAIL_ASKED)), None)
    names = (
        _names(by_plain) or tuple(header for header in headers if _asked(header, _NAME_ASKED) and header != mail)[:1]
    )
    role = _saying(headers, ROLES)
    says = [
        *(one for one in headers if plain(one) in TAKES_PART["columns"]),
        *filter(says_who_left, headers),
        _saying(headers, TAKES_PART),
        *(one for one in headers if re.search(TAKES_PART["consents"], _without_accents(one))),
    ]
    takes_part = tuple(dict.fromkeys(one for one in says if one))
    ranked = sorted((place, header) for header in headers if (place := _choice(header)) is not None)
    taken = {mail, number, role, *takes_part, *names, *(header for _, header in ranked)}
    chosen, more, twice = _by_alias([header for header in headers if header not in taken], side)
    for header in sorted(headers, key=lambda one: opposes(one, side)):
        asked = None if header in taken or header in chosen.values() else _question(header, side)
        if asked is not None and asked not in chosen:
            chosen[asked] = header
        elif (
            asked in JOINED
            and not opposes(header, side)
            and header not in more.get(asked, ())
            and _are_counted(chosen[asked], header)
        ):
            more[asked] = (*more.get(asked, ()), header)
    more |= _specified(headers, chosen, more, taken)
    used = {
        *taken,
        *chosen.values(),
        *(column for _, _, column in twice),
        *(one for some in more.values() for one in some),
    }
    unused = tuple(header for header in headers if header not in used)
    ordered = tuple(header for _, header in ranked)
    return Columns(chosen, mail, number, names, ordered, unused, tuple(twice), more, takes_part, role)


def says_who_left(header: str) -> bool:
    """Whether a column is headed by a word of leaving, `Dropped out?`, `Withdrew on`."""
    return bool(_LEAVING.fullmatch(plain(header)))


def _specified(
    headers: Sequence[str], chosen: Mapping[str, str], more: Mapping[str, tuple[str, ...]], taken: Iterable[str | None]
) -> dict[str, tuple[str, ...]]:
    """Columns in which a form asks what `other` means, `If other, please specify`, as further columns of the list that they stand behind."""
    found: dict[str, tuple[str, ...]] = {}
    known = {header: name for name, header in chosen.items()}
    for before, header in pairwise(headers):
        name = known.get(before)
        if name in JOINED and header not in (*known, *taken) and _OTHER_SPECIFIED.search(_without_accents(header)):
            found[name] = (*more.get(name, ()), header)
    return found


def _own(words: Sequence[str], side: str) -> tuple[str, ...]:
    """Names of columns without those of the other side's people."""
    return tuple(word for word in words if not word.startswith(_OTHER[side]))


def _asked(header: str, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.search(_without_accents(header)))


def _asks_for_person(header: str) -> bool:
    return any(_asked(header, words) for words in (_MAIL_ASKED, _NAME_ASKED, _OF_A_PERSON))


def _saying(headers: Sequence[str], words: Mapping[str, Any]) -> str | None:
    """The column that says whether somebody takes part, or their role."""
    named = (header for header in headers if plain(header) in words["columns"])
    return next(named, next((one for one in headers if _asks_whether(one, words["questions"])), None))


def _asks_whether(header: str, words: str) -> bool:
    """Whether a question asks for one of few answers; `Why would you like to take part?` doesn't."""
    asked = _without_accents(header)
    return bool(re.search(words, asked)) and not _WHY.search(asked)


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
    for header in sorted(headers, key=lambda one: opposes(one, side)):
        name = meaning(header) or MEANINGS.get(re.sub(r"_?\d$", "", plain(header))) or _of_other_side(header, side)
        if name is None or not _belongs(name, side):
            continue
        if name in (*JOINED, "manager", "previous") and name in chosen:
            if opposes(header, side):
                continue
            more[name] = (*more.get(name, ()), header)
        elif name in chosen and name != "applied":
            twice.append((name, chosen[name], header))
        chosen.setdefault(name, header)
    return chosen, more, twice


def _of_other_side(header: str, side: str) -> str | None:
    """What a column of partners is: those of a year that is named, or those of now. `Mentor 2024` and `Mentor` among mentees."""
    words = plain(header)
    if _OF_A_YEAR.fullmatch(words):
        return "previous"
    return "current" if words in (_OTHER[side], f"{_OTHER[side]}_name", f"name_of_{_OTHER[side]}") else None


def opposes(header: str, side: str) -> bool:
    """Whether a column is the other side's: what a mentee already knows, or what a mentor wants to learn."""
    words = plain(header).replace("_", " ")
    other = next(name for name in SIDES if name != side)
    return bool(_ABOUT[other].search(words)) and not _ABOUT[side].search(words)


def _belongs(name: str, side: str) -> bool:
    return name in SIDES[side] or not any(name in names for names in SIDES.values())


@lru_cache(HEADINGS)
def _question(header: str, side: str) -> str | None:
    """What a header of several words asks a mentee or a mentor for."""
    words = _without_accents(header).strip()
    if len(words.split()) < 3 and "?" not in words and not _WITHOUT_BLANKS.search(words):
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
    if _OF_NO_PEOPLE.search(_without_accents(header)):
        return None
    listed = _RANKED_OPTION.match(_without_accents(header))
    if listed is not None and listed[2].split()[0] in _RANKS:
        return _RANKS[listed[2].split()[0]]
    compound = _IN_ONE_WORD.search(plain(header))
    if compound is not None:
        return _WORDS_OF_RANK.index(compound[1]) + 1
    found = _RANKED.search(plain(header))
    return None if found is None else _RANKS.get(found[1] or "") or int(found[2])


def is_choice(header: str) -> bool:
    """Whether a column holds one ranked choice."""
    return _choice(header) is not None


def _first(by_plain: dict[str, str], words: Sequence[str]) -> str | None:
    return next((by_plain[word] for word in words if word in by_plain), None)
