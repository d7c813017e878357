"""Who is who over two sheets: people are known by their address first, then by their id, then by their name.

An address is compared composed (NFC) and without case, a name without accents and in any order of its words. An id joins two people only where addresses and names don't contradict: forms number their answers, so that
answer 1 of one form and answer 1 of another are two people.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipelines.expressions import expression
from pipelines.matching_inputs.cells import folded, without_accents
from pipelines.matching_inputs.word_files import words

LETTERS_A_TYPO = 7
"""For so many letters of a name one may be wrong."""
TITLES = frozenset(
    "mr mrs ms miss mx dr prof professor sir dame lord lady rev herr frau mme m mlle sr sra dott ing dipl".split()
)
_DEGREES = expression(
    r"(?:,\s*|\s+)(?:MBA|EMBA|Ph\.?D\.?|M\.?D\.?|M\.?Sc\.?|B\.?Sc\.?|M\.?A\.|B\.?A\.|LL\.?[BM]\.?|JD|J\.D\.|DPhil|EdD|CPA|CFA|ACCA|ACA|FCA|CIPD|FCIPD|PMP|MPH|RN|FRCP|FRCS|MRCP|OBE|MBE|CBE|Esq\.?|P\.?Eng\.?)(?=\s*(?:,|;|\)|$))"
)
"""Degrees and honours as they stand behind a name."""
_ADDRESS = expression(r"[^\s<>(),;:\"]+@[^\s<>(),;:\"]+")


@dataclass(frozen=True)
class Person:
    """One row of a sheet. `label`: how the answer names them; the others as the sheet has them, None where it hasn't."""

    side: str
    row: int
    label: str
    mail: str | None
    number: str | None
    name: str | None


def normal_mail(text: str | None) -> str | None:
    """The address in a cell, also within `Name <a@b>` or `mailto:`; None where there is none."""
    plain = unicodedata.normalize("NFC", text or "").replace("\u200b", "").replace("\u00a0", " ")
    found = _ADDRESS.search(plain.removeprefix("mailto:"))
    return found[0].casefold() if found else None


def counts_answers(numbers: Sequence[str | None]) -> bool:
    """Whether a column of ids counts a form's answers (1, 2, 3 ...) instead of naming people."""
    given = [number for number in numbers if number is not None]
    if len(given) < len(numbers) or not all(number.isdigit() for number in given):
        return False
    values = [int(number) for number in given]
    return values == sorted(set(values)) and values[-1:] <= [3 * len(values) + 10] and values[:1] <= [len(values) + 10]


def counts_rows(numbers: Sequence[str | None]) -> bool:
    """Whether ids are the numbers 1, 2, 3 ... of a sheet's rows."""
    return bool(numbers) and list(numbers) == [str(number) for number in range(1, len(numbers) + 1)]


class Register:
    """The people of both sheets, and what a reference to one of them means."""

    def __init__(self, people: Iterable[Person], *, numbers_name_people: bool) -> None:
        self.numbers_name_people = numbers_name_people
        self.keys: dict[tuple[str, int], str] = {}
        self.sides: dict[str, set[str]] = defaultdict(set)
        self._by_mail: dict[str, str] = {}
        self._by_number: dict[str, set[str]] = defaultdict(set)
        self._by_name: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._known: dict[str, Person] = {}
        for person in sorted(people, key=lambda one: one.mail is None):
            self._add(person)

    def _add(self, person: Person) -> None:
        key = self._same(person) or self._new_key(person)
        self.keys[person.side, person.row] = key
        self.sides[person.side].add(key)
        self._known.setdefault(key, person)
        if person.mail:
            self._by_mail[person.mail] = key
        if person.number and self.numbers_name_people:
            self._by_number[number_key(person.number)].add(key)
        if person.name:
            self._by_name[name_key(person.name)].add(key)
        self._by_number[number_key(person.label)].add(key)

    def _same(self, person: Person) -> str | None:
        """The key of somebody who was entered already and is this person."""
        if person.mail:
            return self._by_mail.get(person.mail)
        if person.number and self.numbers_name_people:
            for key in sorted(self._by_number.get(number_key(person.number), ())):
                if self._agrees(person, self._known[key]):
                    return key
        alike = self._by_name.get(name_key(person.name), set()) if person.name else set()
        same = [key for key in alike if self._agrees(person, self._known[key])]
        return same[0] if len(same) == 1 and same[0] not in self.sides[person.side] else None

    def _agrees(self, one: Person, other: Person) -> bool:
        """Whether nothing that both sheets say of them differs."""
        if one.name and other.name and name_key(one.name) != name_key(other.name):
            return False
        numbered = self.numbers_name_people and one.number and other.number
        if numbered and number_key(one.number or "") != number_key(other.number or ""):
            return False
        return not (one.mail and other.mail) or one.mail == other.mail

    def _new_key(self, person: Person) -> str:
        key = person.label
        return key if key not in self._known else f"{key} ({person.side})"

    def namesakes(self) -> list[set[str]]:
        """Keys that share a whole name over both sides: people who may be one, under two addresses."""
        return [
            keys
            for name, keys in self._by_name.items()
            if len(name) > 1 and len(keys) > 1 and all(keys & of_side for of_side in self.sides.values())
        ]

    def found(self, reference: str, side: str | None = None) -> set[str]:
        """The keys that a reference may mean: by address, id, whole name in any order, or a part of it such as `Kim` or `Kim P.`

        Empty where it names nobody; several where namesakes share it. side: the side that is meant, where one is.
        """
        mail = normal_mail(reference)
        if mail is not None and mail in self._by_mail:
            return {self._by_mail[mail]}
        words = reference if mail is None else _ADDRESS.sub(" ", reference)
        if mail is not None and not name_key(words):  # an address that no sheet knows may hold a name that one does
            words = _whole_name(mail)
        by_number = self._by_number.get(number_key(reference)) or set()
        name = name_key(words)
        keys = by_number or (self._by_name.get(name) if name else None) or self._by_part(name)
        on_side = keys & self.sides.get(side or "", keys)
        return on_side or keys

    def resembles(self, reference: str, side: str | None = None) -> str | None:
        """The key of the only person whose name is nearly what was written: by what people of that name are called (`Bob Smith`), or a letter or two apart; None where there is none."""
        from rapidfuzz.distance import OSA

        if known := self._by_nickname(reference, side):
            return known
        written = " ".join(name_key(reference))
        if " " not in written or len(written) < LETTERS_A_TYPO:
            return None
        most = len(written) // LETTERS_A_TYPO
        near = {
            key
            for name, keys in self._by_name.items()
            if len(name) > 1 and OSA.distance(written, " ".join(name), score_cutoff=most) <= most
            for key in keys & self.sides.get(side or "", keys)
        }
        return next(iter(near)) if len(near) == 1 else None

    def _by_nickname(self, reference: str, side: str | None) -> str | None:
        words = _name_words(reference)
        full = [_nicknames().get(word, ()) for word in words]
        ways = ((*words[:at], name, *words[at + 1 :]) for at, names in enumerate(full) for name in names)
        keys = {key for way in ways for key in self._by_part(tuple(sorted(way))) & self.sides.get(side or "", set())}
        return next(iter(keys)) if len(keys) == 1 else None

    def _by_part(self, name: tuple[str, ...]) -> set[str]:
        """Everybody whose name holds all the words; of several words one may be an initial."""
        if not name or all(len(word) < 2 for word in name):
            return set()
        return {key for whole, keys in self._by_name.items() if _holds(whole, name) for key in keys}

    def mentioned(self, text: str, side: str) -> list[str]:
        """The keys of a side whose whole name, address or otherwise unmistakable first name stands in a text, in its order."""
        words = re.findall(r"\w+", text)
        places: dict[str, int] = {}
        for key in self.sides.get(side, ()):
            at = self._place(self._known[key], words, side)
            if at is not None:
                places[key] = at
        return sorted(places, key=lambda key: (places[key], key))

    def _place(self, person: Person, words: Sequence[str], side: str) -> int | None:
        plain = [name_key(word) for word in words]
        name = _name_words(person.name or "")
        for at in range(len(words)):
            here = tuple(part for one in plain[at : at + len(name)] for part in one)
            if name and sorted(here) == sorted(name):
                return at
        own = (name[:1], name[-1:])  # a first or a family name
        alone = [at for at, word in enumerate(words) if word[:1].isupper() and len(word) > 2 and plain[at] in own]
        return alone[0] if alone and len(self.found(words[alone[0]], side)) == 1 else None


def _whole_name(mail: str) -> str:
    """`kim.park@x.example` as `kim park`; nothing where the address holds one word alone."""
    words = re.findall(r"[^\W\d_]+", mail.partition("@")[0])
    return " ".join(words) if len(words) > 1 and all(len(word) > 1 for word in words) else ""


def _holds(whole: tuple[str, ...], words: tuple[str, ...]) -> bool:
    left = list(whole)
    for word in sorted(words, key=len, reverse=True):
        met = next(
            (one for one in left if one == word or (len(word) == 1 and len(words) > 1 and one.startswith(word))), None
        )
        if met is None:
            return False
        left.remove(met)
    return True


@cache
def _nicknames() -> Mapping[str, Sequence[str]]:
    """What people are called by, to the first names that it may stand for."""
    found: dict[str, list[str]] = {}
    for name, called in words("nicknames.yaml").items():
        for one in called:
            found.setdefault(one, []).append(name)
    return found


def number_key(text: str) -> str:
    """An id for comparison: without case, and without the zeros that spreadsheets take from its head."""
    word = re.sub(r"^(\d+)\.0$", r"\1", folded(text))
    return (word.lstrip("0") or "0") if word.isdigit() else word


def without_degrees(name: str) -> str:
    """A text without the degrees and honours that stand behind names, `Kim Park, MBA`."""
    while (shorter := _DEGREES.sub("", name)) != name:
        name = shorter
    return name


def _name_words(name: str) -> tuple[str, ...]:
    plain = without_accents(re.sub(r"\([^)]*\)|\[[^]]*\]", " ", without_degrees(name)).casefold())
    return tuple(word for word in re.findall(r"[^\W\d_]+", plain) if word not in TITLES)


def name_key(name: str) -> tuple[str, ...]:
    """A name for comparison: its words without case, accents, titles and numbers, in one order, so that `Park, Kim` is Kim Park."""
    return tuple(sorted(_name_words(name)))
