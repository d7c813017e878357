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
SHORT = 1  # letters of an initial
ONE_TYPO = 1  # a letter more, less, other or swapped with its neighbour
EXACT, SPELLED, CONFIRMED, OPEN, NOBODY = "exact", "spelled", "confirmed", "open", "nobody"
_STATE = re.compile(
    r"\s*[(\[](on leave|left|leaver|former|new|neu|nouveau|nouvelle|nuevo|nueva|terminated|inactive|retired|c|cwr?|contractor|contingent|ext\.?|external|extern|intern|beurlaubt|ausgeschieden|inaktiv)[)\]]\s*$",
    re.IGNORECASE,
)
"""What an HR system writes behind a name; a town or a nickname in brackets may tell two people apart."""
_TITLES = frozenset(
    "dr dra prof mr mrs ms mx miss sir dame herr frau mme mlle monsieur madame sr sra srta signor signora sig dott dottssa ing dhr mevr phd md mba msc bsc dphil llm llb esq cpa frcp rn jr".split()
)
"""What stands before or behind a name and is no part of it."""
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
    words = [word for word in re.sub(r"[\W_]+", " ", bare).split() if word not in _TITLES]
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
    found = [one for plain, _, _ in near for one in spelled[plain]]
    found += [one for plain in _related(plain_name(name), spelled) for one in spelled[plain] if one not in found]
    return _asked(name, tuple(found[:MOST_SUGGESTED]), answers)


def _related(plain: str, others: Iterable[str]) -> list[str]:
    """Names that may be the same person's although few letters agree: the family name of at most a few (`Bob Bell`, `Robert Bell`), initials, a name more or less."""
    words = set(plain.split())
    sharing = [other for other in others if any(len(word) > SHORT for word in words & set(other.split()))]
    shortened = [other for other in sharing if is_shortened(plain, other)]
    return shortened or (sharing if len(sharing) <= MOST_SUGGESTED else [])


def is_shortened(one: str, other: str) -> bool:
    """Whether one plain name is the other with initials, or without some of its names: `a ames` or `ames ann` and `ames ann marie`."""
    few, many = sorted(
        (one.split(), other.split()), key=lambda words: (len(words), -sum(map(len, words))), reverse=False
    )
    left = list(many)
    whole = 0
    for word in sorted(few, key=len, reverse=True):
        found = next((there for there in left if there == word), None) or next(
            (there for there in left if min(len(there), len(word)) == 1 and there[0] == word[0]), None
        )
        if found is None:
            return False
        whole += found == word and len(word) > SHORT
        left.remove(found)
    return whole > 0 and len(few) > 1


def _asked(name: str, suggestions: tuple[Listed, ...], answers: Answers) -> Named:
    said = answers.get(key_of(name))
    if said is None:
        return Named(name, OPEN if suggestions else NOBODY, None, suggestions)
    return Named(name, CONFIRMED if said else NOBODY, said or None, suggestions)


def _shortened_pairs(plains: Sequence[str]) -> dict[str, list[str]]:
    """Plain name to the later ones that it shortens, or that shorten it; only names that share a word are compared."""
    by_word: dict[str, list[int]] = defaultdict(list)
    for place, plain in enumerate(plains):
        for word in set(plain.split()):
            by_word[word].append(place)
    found = {}
    for place, plain in enumerate(plains):
        later = sorted({other for word in plain.split() for other in by_word[word] if other > place})
        found[plain] = [plains[other] for other in later if is_shortened(plain, plains[other])]
    return {plain: others for plain, others in found.items() if others}


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
    shortened = _shortened_pairs(plains)
    alike = []
    for place, plain in enumerate(plains):
        near = process.extract(plain, plains[place + 1 :], scorer=OSA.distance, score_cutoff=ONE_TYPO, limit=None)
        typos = [other for other, _, _ in near]
        for other in (*typos, *(other for other in shortened.get(plain, ()) if other not in typos)):
            one, two = kept[plain], kept[other]
            said = answers.get(key_of(f"{two}={one}"))
            if said == "yes":
                same[two] = one
            elif said is None:
                alike.append((one, two))
    return Spellings({name: same.get(first, first) for name, first in same.items()}, tuple(alike))
