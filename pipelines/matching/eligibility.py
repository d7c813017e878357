"""Hard rules: small objects that each say which pairs may not be.

A rule sees the mentee and mentor frames and returns a boolean matrix, True where it forbids the pair. A pair is feasible where no
rule forbids it. Rules are never traded against scores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


class Rule(Protocol):
    """A hard rule. `words` completes the sentence "the rule that ..."."""

    name: ClassVar[str]

    @property
    def words(self) -> str: ...

    def forbids(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Mask:
        """Shape (mentees, mentors), True where the pair may not be."""
        ...


def membership(frame: pl.DataFrame, column: str, vocabulary: Sequence[str]) -> NDArray[np.float32]:
    """One-hot matrix (rows, vocabulary) of a list column."""
    position = {value: i for i, value in enumerate(vocabulary)}
    matrix = np.zeros((frame.height, len(vocabulary)), dtype=np.float32)
    exploded = frame.select(pl.int_range(pl.len()).alias("row"), column).explode(column).drop_nulls()
    known = exploded.filter(pl.col(column).is_in(list(vocabulary)))
    rows = known["row"].to_numpy()
    columns = np.array([position[value] for value in known[column]], dtype=np.int64)
    matrix[rows, columns] = 1.0
    return matrix


def vocabulary(*series: pl.Series) -> list[str]:
    """Sorted distinct values of several list columns."""
    return sorted({value for one in series for value in one.explode().drop_nulls().unique()})


def _listed(owners: pl.DataFrame, column: str, persons: pl.DataFrame) -> Mask:
    """(owners, persons): True where the owner's list names the person."""
    keys = persons["person_key"].to_list()
    distinct = sorted(set(keys))
    by_key = membership(owners, column, distinct) > 0
    position = {key: i for i, key in enumerate(distinct)}
    return by_key[:, [position[key] for key in keys]]


@dataclass(frozen=True)
class OwnReportingLine:
    """Nobody is matched with themselves, their managers up the whole line, or their own reports."""

    name: ClassVar[str] = "own_reporting_line"
    words: str = "keeps people out of their own reporting line"

    def forbids(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Mask:
        same = mentees["person_key"].to_numpy()[:, None] == mentors["person_key"].to_numpy()[None, :]
        above = _listed(mentees, "reporting_line", mentors)
        below = _listed(mentors, "reporting_line", mentees).T
        return same | above | below


@dataclass(frozen=True)
class DeclaredExclusion:
    """Either side named the other as somebody not to be matched with."""

    name: ClassVar[str] = "declared_exclusion"
    words: str = "respects declared exclusions"

    def forbids(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Mask:
        return _listed(mentees, "excluded", mentors) | _listed(mentors, "excluded", mentees).T


@dataclass(frozen=True)
class PreviousPair:
    """The two were a pair before (the caller decides how far back `previous_partners` goes)."""

    name: ClassVar[str] = "previous_pair"
    words: str = "doesn't repeat an earlier pair"

    def forbids(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Mask:
        return _listed(mentees, "previous_partners", mentors) | _listed(mentors, "previous_partners", mentees).T


@dataclass(frozen=True)
class SharedLanguage:
    """The two must share a language."""

    name: ClassVar[str] = "shared_language"
    words: str = "asks for a shared language"

    def forbids(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Mask:
        words = vocabulary(mentees["languages"], mentors["languages"])
        shared = membership(mentees, "languages", words) @ membership(mentors, "languages", words).T
        return shared == 0


@dataclass(frozen=True)
class TimeZoneGap:
    """Working days must overlap: at most `max_hours` between the two offsets from UTC."""

    max_hours: float = 6.0
    name: ClassVar[str] = "time_zone_gap"

    @property
    def words(self) -> str:
        return f"allows at most {self.max_hours:g} hours between time zones"

    def forbids(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Mask:
        left = mentees["utc_offset_hours"].to_numpy()[:, None]
        right = mentors["utc_offset_hours"].to_numpy()[None, :]
        around = np.abs(left - right)
        gap = np.minimum(around, 24 - around)
        return np.where(np.isnan(gap), False, gap > self.max_hours)


@dataclass(frozen=True)
class LevelGap:
    """The mentor stands at least `minimum` and at most `maximum` levels above the mentee; unknown levels aren't judged."""

    minimum: int = 1
    maximum: int = 99
    name: ClassVar[str] = "level_gap"

    @property
    def words(self) -> str:
        upper = "" if self.maximum >= 99 else f" and at most {self.maximum}"
        return f"wants the mentor at least {self.minimum}{upper} level(s) above the mentee"

    def forbids(self, mentees: pl.DataFrame, mentors: pl.DataFrame) -> Mask:
        below = mentees["level_rank"].cast(pl.Float64).to_numpy()[:, None]
        above = mentors["level_rank"].cast(pl.Float64).to_numpy()[None, :]
        gap = above - below
        return np.where(np.isnan(gap), False, (gap < self.minimum) | (gap > self.maximum))


RULES: dict[str, type] = {
    rule.name: rule
    for rule in (OwnReportingLine, DeclaredExclusion, PreviousPair, SharedLanguage, TimeZoneGap, LevelGap)
}


def rules_from_policy(policy: Mapping[str, Any]) -> list[Rule]:
    """The rules of a programme file's `matching.hard_rules`: a list of {rule, reason, ...parameters}.

    The own reporting line and declared exclusions always hold. Raises ValueError on an unknown rule or parameter.
    """
    declared: dict[str, Rule] = {OwnReportingLine.name: OwnReportingLine(), DeclaredExclusion.name: DeclaredExclusion()}
    for entry in policy.get("hard_rules", []):
        name = entry.get("rule")
        if name not in RULES:
            raise ValueError(f"matching.hard_rules names {name!r}; known rules are {', '.join(sorted(RULES))}.")
        parameters = {key: value for key, value in entry.items() if key not in ("rule", "reason")}
        try:
            declared[name] = RULES[name](**parameters)
        except TypeError as problem:
            raise ValueError(
                f"matching.hard_rules: {name} doesn't take {', '.join(parameters)} ({problem})."
            ) from problem
    return list(declared.values())
