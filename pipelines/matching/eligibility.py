"""Hard rules: small objects that each say which pairs may not be.

Two kinds, so that the matrix of all pairs is never held: a `CategoryRule` sorts both sides into few categories and says which
categories may meet; a `PairRule` names the few pairs that it forbids. A pair is feasible where no rule forbids it. Rules are
never traded against scores. A rule of one's own needs `name`, `words` and `forbids`.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.counted import counted

Mask = NDArray[np.bool_]
IntArray = NDArray[np.int64]


class Rule(Protocol):
    """A hard rule. `words` completes the sentence "the rule that ..."."""

    name: ClassVar[str]

    @property
    def words(self) -> str: ...

    def forbids(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Mask:
        """Shape (mentees, mentors), True where the pair may not be."""
        ...


@dataclass(frozen=True)
class Categories:
    """mentee_codes (mentees,) and mentor_codes (mentors,) index the rows and columns of `forbidden`."""

    mentee_codes: IntArray
    mentor_codes: IntArray
    forbidden: Mask


class CategoryRule(ABC):
    """A rule that depends on a category of each side only: level, zone, set of languages."""

    @abstractmethod
    def categories(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Categories: ...

    def forbids(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Mask:
        found = self.categories(mentees, mentors)
        return found.forbidden[found.mentee_codes[:, None], found.mentor_codes[None, :]]


class PairRule(ABC):
    """A rule that forbids few pairs, by name."""

    @abstractmethod
    def forbidden_pairs(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> tuple[IntArray, IntArray]:
        """Row numbers of the mentees and of the mentors; a pair may occur twice."""

    def forbids(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Mask:
        mask = np.zeros((mentees.height, mentors.height), dtype=bool)
        mask[self.forbidden_pairs(mentees, mentors)] = True
        return mask


def coded(values: Sequence[Any]) -> tuple[IntArray, list[Any]]:
    """Codes of hashable values in order of first appearance, and the distinct values."""
    position: dict[Any, int] = {}
    codes = np.fromiter((position.setdefault(value, len(position)) for value in values), dtype=np.int64)
    return codes, list(position)


def _list_sets(frame: pl.DataFrame, column: str) -> tuple[IntArray, list[frozenset[str]]]:
    codes, distinct = coded([tuple(value) for value in frame[column].to_list()])
    return codes, [frozenset(value) for value in distinct]


def listed(owners: pl.DataFrame, column: str, persons: pl.DataFrame) -> tuple[IntArray, IntArray]:
    """Row numbers (owner, person) of every person that an owner's list names."""
    if not owners[column].list.len().sum():
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    named = owners.select(pl.int_range(pl.len()).alias("owner"), pl.col(column).alias("person_key")).explode(
        "person_key"
    )
    known = persons.select("person_key", pl.int_range(pl.len()).alias("person"))
    both = named.join(known, on="person_key", how="inner", maintain_order="left")
    return both["owner"].to_numpy().astype(np.int64), both["person"].to_numpy().astype(np.int64)


def _either(mentees: pl.DataFrame, mentors: pl.DataFrame, column: str) -> tuple[IntArray, IntArray]:
    """Pairs in which one side's list names the other."""
    one, other = listed(mentees, column, mentors)
    there, back = listed(mentors, column, mentees)
    return np.concatenate([one, back]), np.concatenate([other, there])


@dataclass(frozen=True)
class OwnReportingLine(PairRule):
    """Nobody is matched with themselves, their managers up the whole line, or their own reports."""

    name: ClassVar[str] = "own_reporting_line"
    words: str = "keeps people out of their own reporting line"

    def forbidden_pairs(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> tuple[IntArray, IntArray]:
        line = _either(mentees, mentors, "reporting_line")
        itself = listed(mentees.with_columns(pl.concat_list("person_key").alias("oneself")), "oneself", mentors)
        return np.concatenate([line[0], itself[0]]), np.concatenate([line[1], itself[1]])


@dataclass(frozen=True)
class DeclaredExclusion(PairRule):
    """Either side named the other as somebody not to be matched with."""

    name: ClassVar[str] = "declared_exclusion"
    words: str = "respects declared exclusions"

    def forbidden_pairs(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> tuple[IntArray, IntArray]:
        return _either(mentees, mentors, "excluded")


@dataclass(frozen=True)
class PreviousPair(PairRule):
    """The two were a pair before. `months` is the window; who makes the frames cuts `previous_partners` by it."""

    months: int | None = None
    name: ClassVar[str] = "previous_pair"

    @property
    def words(self) -> str:
        return "doesn't repeat an earlier pair" + (f" of the last {self.months} months" if self.months else "")

    def forbidden_pairs(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> tuple[IntArray, IntArray]:
        return _either(mentees, mentors, "previous_partners")


@dataclass(frozen=True)
class ForbiddenPair(PairRule):
    """Pairs of application ids that the programme team ruled out."""

    pairs: tuple[tuple[str, str], ...] = ()
    name: ClassVar[str] = "forbidden_pair"
    words: str = "leaves out pairs that the programme team ruled out"

    def forbidden_pairs(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> tuple[IntArray, IntArray]:
        mentee_at = {key: i for i, key in enumerate(mentees["application_id"])}
        mentor_at = {key: j for j, key in enumerate(mentors["application_id"])}
        known = [(mentee_at[a], mentor_at[b]) for a, b in self.pairs if a in mentee_at and b in mentor_at]
        return np.array([a for a, _ in known], dtype=np.int64), np.array([b for _, b in known], dtype=np.int64)


@dataclass(frozen=True)
class SharedLanguage(CategoryRule):
    """The two must share a language; somebody who named none can't be matched."""

    name: ClassVar[str] = "shared_language"
    words: str = "asks for a shared language"

    def categories(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Categories:
        return _sharing(mentees, mentors, "languages", 1, unknown_is_judged=True)


@dataclass(frozen=True)
class Availability(CategoryRule):
    """The two must share at least `minimum` of the times that they named; somebody who named none isn't judged."""

    minimum: int = 1
    name: ClassVar[str] = "availability"

    @property
    def words(self) -> str:
        return f"asks for at least {self.minimum} time{'s' if self.minimum > 1 else ''} of the week when both are free"

    def categories(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Categories:
        return _sharing(mentees, mentors, "availability", self.minimum, unknown_is_judged=False)


def _sharing(
    mentees: pl.DataFrame, mentors: pl.DataFrame, column: str, minimum: int, *, unknown_is_judged: bool
) -> Categories:
    left, left_sets = _list_sets(mentees, column)
    right, right_sets = _list_sets(mentors, column)
    words = sorted(set().union(*left_sets, *right_sets))
    at = {word: k for k, word in enumerate(words)}

    def one_hot(sets: list[frozenset[str]]) -> NDArray[np.float32]:
        matrix = np.zeros((len(sets), len(words)), dtype=np.float32)
        for i, members in enumerate(sets):
            matrix[i, [at[word] for word in members]] = 1.0
        return matrix

    forbidden = (one_hot(left_sets) @ one_hot(right_sets).T) < minimum
    if not unknown_is_judged:
        forbidden[[not members for members in left_sets], :] = False
        forbidden[:, [not members for members in right_sets]] = False
    return Categories(left, right, forbidden)


def _numbers(frame: pl.DataFrame, column: str) -> tuple[IntArray, NDArray[np.float64]]:
    codes, distinct = coded(frame[column].cast(pl.Float64).to_list())
    return codes, np.array([np.nan if value is None else value for value in distinct], dtype=np.float64)


@dataclass(frozen=True)
class TimeZoneGap(CategoryRule):
    """Working days must overlap: at most `max_hours` between the two offsets from UTC; unknown offsets aren't judged."""

    max_hours: float = 6.0
    name: ClassVar[str] = "time_zone_gap"

    @property
    def words(self) -> str:
        return f"allows at most {self.max_hours:g} hours between time zones"

    def categories(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Categories:
        left, left_hours = _numbers(mentees, "utc_offset_hours")
        right, right_hours = _numbers(mentors, "utc_offset_hours")
        around = np.abs(left_hours[:, None] - right_hours[None, :])
        gap = np.minimum(around, 24 - around)
        return Categories(left, right, np.where(np.isnan(gap), False, gap > self.max_hours))


@dataclass(frozen=True)
class LevelGap(CategoryRule):
    """The mentor stands at least `minimum` and at most `maximum` levels above the mentee; unknown levels aren't judged."""

    minimum: int = 1
    maximum: int = 99
    name: ClassVar[str] = "level_gap"

    @property
    def words(self) -> str:
        upper = "" if self.maximum >= 99 else f" and at most {self.maximum}"
        if self.minimum == 0:
            return "wants the mentor not below the mentee in level" + (f"{upper} above" if upper else "")
        return f"wants the mentor at least {counted(self.minimum, 'level')}{upper} above the mentee"

    def categories(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Categories:
        left, below = _numbers(mentees, "level_rank")
        right, above = _numbers(mentors, "level_rank")
        gap = above[None, :] - below[:, None]
        return Categories(left, right, np.where(np.isnan(gap), False, (gap < self.minimum) | (gap > self.maximum)))


@dataclass(frozen=True)
class Population(CategoryRule):
    """Only mentees (or mentors) whose `column` is one of `values`, or lies between `minimum` and `maximum`."""

    side: str = "mentee"
    column: str = "department"
    values: tuple[str | float, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    name: ClassVar[str] = "population"

    @property
    def words(self) -> str:
        limits = (("at least", self.minimum), ("at most", self.maximum))
        bounds = [f"{word} {limit:g}" for word, limit in limits if limit is not None]
        bounds += [", ".join(map(_word, self.values))] * bool(self.values)
        return f"takes {self.side}s only with {self.column.replace('_', ' ')} {' and '.join(bounds)}"

    def _admits(self, value: Any) -> bool:
        if value is None:
            return False
        if self.values and _word(value) not in {_word(one) for one in self.values}:
            return False
        low = self.minimum is None or float(value) >= self.minimum
        return low and (self.maximum is None or float(value) <= self.maximum)

    def categories(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Categories:
        frame, other = (mentees, mentors) if self.side == "mentee" else (mentors, mentees)
        codes, distinct = coded(frame[self.column].to_list())
        refused = np.array([not self._admits(value) for value in distinct], dtype=bool)
        everybody = np.zeros(other.height, dtype=np.int64)
        if self.side == "mentee":
            return Categories(codes, everybody, refused[:, None])
        return Categories(everybody, codes, refused[None, :])


def _word(value: str | float) -> str:
    """A declared or found value as text; 4 and 4.0 are the same level."""
    return value if isinstance(value, str) else f"{value:g}"
