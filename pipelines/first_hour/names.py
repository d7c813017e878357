"""People who are known by their names: the same name written in several ways, and who on a list of people is meant. Nothing that resembles is taken without a yes."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from pipelines.first_hour.questions import Answers

ALIKE, MOST_SUGGESTED = 84.0, 4
ONE_TYPO = 1  # a letter more, less, other or swapped with its neighbour
EXACT, SPELLED, CONFIRMED, OPEN, NOBODY = "exact", "spelled", "confirmed", "open", "nobody"
_STATE = re.compile(
    r"\s*[(\[](on leave|terminated|inactive|retired|c|cwr?|contractor|contingent|ext\.?|external|extern|intern|beurlaubt|ausgeschieden|inaktiv)[)\]]\s*$",
    re.IGNORECASE,
)
"""What an HR system writes behind a name; a town or a nickname in brackets may tell two people apart."""
_LETTERS = str.maketrans(
    {"ı": "i", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe", "ß": "ss", "đ": "d"}
)


@dataclass(frozen=True)
class Listed:
    """Somebody on a list of people: their number or address there, and their name."""

    person: str
    name: str


@dataclass(frozen=True)
class Named:
    """A name as a file has it, and who is meant. how: exact, spelled (the same but for case, accents, order), confirmed, open, nobody. suggestions: whom it resembles."""

    written: str
    how: str
    person: str | None = None
    suggestions: tuple[Listed, ...] = ()


def key_of(written: str) -> str:
    """The key under which the answer about a name is kept."""
    return f"name|{written}"


def plain_name(text: str) -> str:
    """A name without case, accents, marks, titles, order and what HR systems add to it: `KÖHLER, Dr. Lena`, `Lena Kohler (On Leave)` and `Lena Kohler` are one."""
    letters = unicodedata.normalize("NFKD", _STATE.sub("", text).translate(_LETTERS))
    bare = "".join(mark for mark in letters if not unicodedata.combining(mark)).casefold()
    words = [
        word
        for word in re.sub(r"[\W_]+", " ", bare).split()
        if word not in ("dr", "prof", "mr", "mrs", "ms", "herr", "frau")
    ]
    return " ".join(sorted(words))


def resolve(written: Iterable[str], people: Sequence[Listed], answers: Answers) -> list[Named]:
    """Who on the list each name means; namesakes and what only resembles somebody are open until confirmed."""
    exactly: dict[str, list[Listed]] = defaultdict(list)
    spelled: dict[str, list[Listed]] = defaultdict(list)
    for one in people:
        exactly[one.name.strip()].append(one)
        spelled[plain_name(one.name)].append(one)
    by_plain = dict(enumerate(spelled))
    return [_resolved(name, exactly, spelled, by_plain, answers) for name in dict.fromkeys(written)]


def _resolved(
    name: str,
    exactly: Mapping[str, list[Listed]],
    spelled: Mapping[str, list[Listed]],
    by_plain: Mapping[int, str],
    answers: Answers,
) -> Named:
    for how, found in ((EXACT, exactly.get(name.strip(), [])), (SPELLED, spelled.get(plain_name(name), []))):
        if len({one.person for one in found}) == 1:
            return Named(name, how, found[0].person)
        if found:
            return _asked(name, tuple(found), answers)
    near = process.extract(
        plain_name(name), by_plain, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE, limit=MOST_SUGGESTED
    )
    return _asked(name, tuple(one for plain, _, _ in near for one in spelled[plain]), answers)


def _asked(name: str, suggestions: tuple[Listed, ...], answers: Answers) -> Named:
    said = answers.get(key_of(name))
    if said is None:
        return Named(name, OPEN if suggestions else NOBODY, None, suggestions)
    return Named(name, CONFIRMED if said else NOBODY, said or None, suggestions)


@dataclass(frozen=True)
class Spellings:
    """same: a spelling to the one that is kept. alike: couples of names that resemble each other and may be one person."""

    same: Mapping[str, str]
    alike: tuple[tuple[str, str], ...]


def spellings(written: Iterable[str], answers: Answers) -> Spellings:
    """Names without a list of people: those that differ by case, accents or order only are one person; those that resemble each other are asked about."""
    kept: dict[str, str] = {}
    same: dict[str, str] = {}
    given = dict.fromkeys(name.strip() for name in written if name.strip())
    for name in sorted(given, key=str.isupper):  # the spelling that is kept isn't shouted
        first = kept.setdefault(plain_name(name), name)
        if name != first:
            same[name] = first
    plains = list(kept)
    alike = []
    for place, plain in enumerate(plains):
        near = process.extract(plain, plains[place + 1 :], scorer=OSA.distance, score_cutoff=ONE_TYPO, limit=None)
        for other, _, _ in near:
            one, two = kept[plain], kept[other]
            said = answers.get(key_of(f"{two}={one}"))
            if said == "yes":
                same[two] = one
            elif said is None:
                alike.append((one, two))
    return Spellings({name: same.get(first, first) for name, first in same.items()}, tuple(alike))
