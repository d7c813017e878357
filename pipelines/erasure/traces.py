"""What of a person can stand in a text: addresses, names in either order, telling numbers, pseudonyms."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

ERASED = "(erased)"
_BETWEEN = r"[\s,;\"'|._-]+"
_NOT_IN_A_WORD = (r"(?<![\w.+-])", r"(?![\w-]|\.\w)")
_LEAST_TELLING = 5
"""Shorter ids, and ids of digits alone that are shorter than 8, may be anything: they are looked for in their own columns only."""


@dataclass(frozen=True)
class Traces:
    """names: given and family name. words: addresses, ids and pseudonyms, each of which tells of nobody else."""

    words: frozenset[str] = frozenset()
    names: frozenset[tuple[str, str]] = frozenset()
    keys: frozenset[str] = field(default_factory=frozenset)
    """Ids of applications and pairs: looked for as whole values of columns with such ids."""

    def __or__(self, other: "Traces") -> "Traces":
        return Traces(self.words | other.words, self.names | other.names, self.keys | other.keys)

    @cached_property
    def _anywhere(self) -> re.Pattern[str] | None:
        words = {form for word in self.words for form in _forms(word)}
        pairs = {pair for given, family in self.names for pair in ((given, family), (family, given))}
        names = {_BETWEEN.join(_escaped(form) for form in pair) for pair in pairs}
        found = sorted({*map(re.escape, words), *names}, key=lambda text: (-len(text), text))
        return re.compile("|".join(found), re.IGNORECASE) if found else None

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        before, after = _NOT_IN_A_WORD
        return re.compile(f"{before}(?:{self._anywhere.pattern}){after}", re.IGNORECASE) if self._anywhere else None

    def taken_from_id(self, text: str) -> tuple[str, int]:
        """As `taken_from`, for an id that a system has put together of an address and other parts."""
        return (text, 0) if self._anywhere is None else self._anywhere.subn(ERASED, text)

    def are_in(self, text: str) -> bool:
        """Whether the text tells of the person."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def are_in_record(self, cells: Sequence[str]) -> bool:
        """Whether a record does, also by given and family name in cells of their own."""
        if any(self.are_in(cell) for cell in cells):
            return True
        folded = {cell.strip().casefold() for cell in cells}
        return any({given.casefold(), family.casefold()} <= folded for given, family in self.names)

    def taken_from(self, text: str) -> tuple[str, int]:
        """The text with a word in the place of each trace, and how many there were."""
        return (text, 0) if self._pattern is None else self._pattern.subn(ERASED, text)

    def are_in_bytes(self, data: bytes) -> bool:
        """Whether bytes of an unknown form do, as UTF-8 or UTF-16 that begins anywhere; what stands around them says nothing there."""
        texts = (part.decode(encoding, errors="replace") for encoding, part in _readings(data))
        return self._anywhere is not None and any(self._anywhere.search(text) for text in texts)


def _readings(data: bytes) -> list[tuple[str, bytes]]:
    wide = ("utf-16-le", "utf-16-be")
    return [("utf-8", data), *((encoding, data[start:]) for encoding in wide for start in (0, 1))]


def telling(values: Iterable[str]) -> frozenset[str]:
    """Those of `values` that can be looked for anywhere, because they are hardly anything else."""
    return frozenset(
        value
        for value in values
        if len(value) >= _LEAST_TELLING and any(map(str.isdigit, value)) and (not value.isdigit() or len(value) >= 8)
    )


def _forms(word: str) -> set[str]:
    """A word as it may be written in JSON and in addresses of the web too."""
    return {word, json.dumps(word)[1:-1], word.replace("@", "%40")}


def _escaped(name: str) -> str:
    forms = sorted({re.escape(name), re.escape(json.dumps(name)[1:-1])})
    return forms[0] if len(forms) == 1 else f"(?:{'|'.join(forms)})"
