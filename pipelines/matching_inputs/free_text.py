"""Wishes in people's own words, read as what mentors offer: by a list of synonyms, then by the letters that two phrases share.

Letters are compared in runs of three to five within words (so that "managing" meets "management"), weighted by how rare they are, by the cosine of both phrases. Below `ALIKE`
nothing is read into a phrase. Every reading is told, so that a person can undo it by writing the word itself.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import polars as pl

from pipelines.matching.problem import TEXT_LIST
from pipelines.matching_inputs.cells import folded
from pipelines.matching_inputs.sheet_terms import SheetRefused
from pipelines.matching_inputs.word_files import loaded

ALIKE = 0.28
"""The cosine from which two phrases count as alike: the greatest precision on the labelled phrases of the tests with at least eight of ten found."""
NEARLY_BEST = 0.75
MOST_MEANT = 2
FILLER = frozenset(
    "a an about another and are as at be become better by can do for from get good grow have help how i in into is it learn like management me more my need of on or our out some skill "
    "skills so that the their them this to understand want with work would you your improve improving learning understanding knowledge experience support advice".split()
) - {"management"}
READ_FIELDS = ("skills", "topics", "goals")
Vector = Mapping[str, float]


def synonyms(path: Path | None = None) -> dict[str, str]:
    """Folded word to what it is read as: the shipped list, and above it a file of the same form. Raises `SheetRefused`."""
    shipped = resources.files(__package__).joinpath("synonyms.yaml").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for name, text in (("synonyms.yaml", shipped), *([(path.name, _text(path))] if path else [])):
        groups = loaded(text)
        if not isinstance(groups, list) or not all(isinstance(group, list) and group for group in groups):
            raise SheetRefused(
                f"{name} isn't a list of lists of words. Next step: write lines such as - [project management, pm]."
            )
        for group in groups:
            found.update({folded(str(word)): folded(str(group[0])) for word in group})
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise SheetRefused(f"{path} can't be read as text in UTF-8. Next step: check the name.") from None


@dataclass(frozen=True)
class Reading:
    """A wish that was read as offered words. how: `synonym` or `similar`; likeness: 0 to 1."""

    wish: str
    meant: tuple[str, ...]
    how: str
    likeness: float


@dataclass
class Reader:
    """Reads wishes as words of one field that mentors offer."""

    offered: Iterable[str]
    same: Mapping[str, str]
    _by_word: dict[str, str] = field(init=False)
    _by_meaning: dict[str, str] = field(init=False)
    _vectors: dict[str, Vector] = field(init=False)
    _rarity: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        words = sorted(set(self.offered))
        self._by_word = {folded(word): word for word in words}
        self._by_meaning = {}
        for word in words:
            self._by_meaning.setdefault(self.same.get(folded(word), folded(word)), word)
        runs = {word: _runs(self.same.get(folded(word), word)) + _runs(word) for word in words}
        self._rarity = Counter(run for found in runs.values() for run in set(found))
        self._vectors = {word: self._weighted(found) for word, found in runs.items()}

    def read(self, wish: str) -> Reading | None:
        """What a wish means; None where it is an offered word as it stands, or like none."""
        if folded(wish) in self._by_word:
            return None
        known = self._by_meaning.get(self.same.get(folded(wish), folded(wish)))
        if known is not None:
            return Reading(wish, (known,), "synonym", 1.0)
        likeness = self.likeness(wish)
        best = likeness[0][0] if likeness else 0.0
        if best < ALIKE:
            return None
        meant = tuple(word for value, word in likeness[:MOST_MEANT] if value >= max(ALIKE, NEARLY_BEST * best))
        return Reading(wish, meant, "similar", best)

    def likeness(self, wish: str) -> list[tuple[float, str]]:
        """How alike each offered word is to a wish, the most alike first."""
        meaning = self._weighted(_runs(wish))
        found = ((_cosine(meaning, vector), word) for word, vector in self._vectors.items())
        return sorted(found, key=lambda one: (-one[0], one[1]))

    def _weighted(self, runs: Counter[str]) -> Vector:
        total = len(self._by_word) + 1
        raw = {run: number * (1.0 + math.log(total / (1 + self._rarity[run]))) for run, number in runs.items()}
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {run: value / length for run, value in raw.items()}


def _runs(phrase: str) -> Counter[str]:
    words = [word for word in folded(phrase).replace("/", " ").replace("-", " ").split() if word not in FILLER]
    padded = [f" {word} " for word in words]
    return Counter(text[at : at + size] for text in padded for size in (3, 4, 5) for at in range(len(text) - size + 1))


def _cosine(one: Vector, other: Vector) -> float:
    small, large = (one, other) if len(one) < len(other) else (other, one)
    return sum(value * large.get(run, 0.0) for run, value in small.items())


def with_meanings(
    mentees: pl.DataFrame, mentors: pl.DataFrame, same: Mapping[str, str]
) -> tuple[pl.DataFrame, list[Reading]]:
    """The mentees with wishes in words of the mentors, and what was read so."""
    readings: dict[str, Reading] = {}
    columns = []
    for name in READ_FIELDS:
        reader = Reader(mentors[name].explode().drop_nulls(), same)
        values = []
        for wishes in mentees[name]:
            words: list[str] = []
            for wish in wishes.to_list() if wishes is not None else []:
                reading = reader.read(wish)
                if reading is not None:
                    readings[wish] = reading
                words += reading.meant if reading is not None else (wish,)
            values.append(list(dict.fromkeys(words)))
        columns.append(pl.Series(name, values, dtype=TEXT_LIST))
    return mentees.with_columns(columns), list(readings.values())
