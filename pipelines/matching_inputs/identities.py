"""Who is who over two sheets: people are known by their address first, then by their id, then by their name.

An address is compared composed (NFC) and without case. An id joins two people only where addresses and names don't contradict: forms number their answers, so that
answer 1 of one form and answer 1 of another are two people.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.matching_inputs.cells import folded

_ADDRESS = re.compile(r"[^\s<>(),;:\"]+@[^\s<>(),;:\"]+")


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
        self._by_mail: dict[str, str] = {}
        self._by_number: dict[str, set[str]] = defaultdict(set)
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._known: dict[str, Person] = {}
        for person in sorted(people, key=lambda one: one.mail is None):
            self._add(person)

    def _add(self, person: Person) -> None:
        key = self._same(person) or self._new_key(person)
        self.keys[person.side, person.row] = key
        self._known.setdefault(key, person)
        if person.mail:
            self._by_mail[person.mail] = key
        if person.number and self.numbers_name_people:
            self._by_number[folded(person.number)].add(key)
        if person.name:
            self._by_name[folded(person.name)].add(key)
        self._by_number[folded(person.label)].add(key)

    def _same(self, person: Person) -> str | None:
        """The key of somebody who was entered already and is this person."""
        if person.mail:
            return self._by_mail.get(person.mail)
        if person.number and self.numbers_name_people:
            for key in sorted(self._by_number.get(folded(person.number), ())):
                if self._agrees(person, self._known[key]):
                    return key
        alike = self._by_name.get(folded(person.name), set()) if person.name else set()
        same = [key for key in alike if self._agrees(person, self._known[key])]
        return same[0] if len(same) == 1 and same[0] not in self._on_side(person.side) else None

    def _on_side(self, side: str) -> set[str]:
        return {key for (of_side, _), key in self.keys.items() if of_side == side}

    def _agrees(self, one: Person, other: Person) -> bool:
        """Whether nothing that both sheets say of them differs."""
        if one.name and other.name and folded(one.name) != folded(other.name):
            return False
        if self.numbers_name_people and one.number and other.number and folded(one.number) != folded(other.number):
            return False
        return not (one.mail and other.mail) or one.mail == other.mail

    def _new_key(self, person: Person) -> str:
        key = person.label
        return key if key not in self._known else f"{key} ({person.side})"

    def found(self, reference: str) -> set[str]:
        """The keys that a reference may mean: by address, by id, by exact name. Empty where it names nobody; several where namesakes share it."""
        mail = normal_mail(reference)
        if mail is not None:
            return {self._by_mail[mail]} if mail in self._by_mail else self._by_number.get(folded(reference), set())
        return self._by_number.get(folded(reference)) or self._by_name.get(folded(reference)) or set()


def repeated(keys: Sequence[str]) -> list[str]:
    """Keys that stand in a sheet more than once."""
    return [key for key, number in Counter(keys).items() if number > 1]
