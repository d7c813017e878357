"""How well two people fit: weighted components, each between 0 and 1, from what they said themselves.

Demographics never enter a score. Scores are whole numbers (millionths) below 2**24, so that a product in float32 is exact whatever
the order of its sums: the same on every machine, and the same in a block of a million pairs as for one pair alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.matching.eligibility import IntArray, coded
from pipelines.matching.named_scores import Named, own_scores, points_of, preferences, together

SCALE = 1_000_000
"""Integer units of a total score of 1."""

Matrix = NDArray[np.float32]
How = Literal["share", "jaccard", "cosine"]

LISTS: dict[str, tuple[tuple[str, ...], How]] = {
    "skills": (("skills",), "share"),
    "topics": (("topics",), "share"),
    "goals": (("goals",), "share"),
    "interests": (("interests",), "jaccard"),
    "reciprocity": (("skills", "topics", "goals"), "cosine"),
}
"""Component to the list columns that it compares and how: the share of the mentee's list that the mentor meets; shared over all
named by either (Jaccard); or the geometric mean of the shares in both directions, which is the cosine of the two lists."""

COMPONENTS = (*LISTS, "preferences", "own_scores", "location", "other_department")
BY_NAME = ("preferences", "own_scores")
"""Components that few pairs have, by name."""

OWN_SCHEMA = {"mentee_application_id": pl.String(), "mentor_application_id": pl.String(), "score": pl.Float64()}


@dataclass(frozen=True)
class Overlap:
    """Membership of both sides in the words that both use. sizes count every word that a person named."""

    left: Matrix
    right: Matrix
    left_size: NDArray[np.float32]
    right_size: NDArray[np.float32]


class ScoreModel:
    """Scores of any block of pairs, and of any list of pairs component by component; both agree to the unit.

    weights: component to weight >= 0. own: scores of one's own, `OWN_SCHEMA`; above 1 they count as shares of the greatest. Raises ValueError on a component that
    doesn't exist, naming those that do.
    """

    def __init__(
        self,
        mentees: pl.DataFrame,
        mentors: pl.DataFrame,
        weights: Mapping[str, float],
        own: pl.DataFrame | None = None,
    ) -> None:
        unknown = sorted(set(weights) - set(COMPONENTS))
        if unknown:
            raise ValueError(
                f"matching.weights names {', '.join(unknown)}; known components are {', '.join(sorted(COMPONENTS))}. Next step: name some of them."
            )
        total = sum(weights.values())
        self.units = {name: round(weight / total * SCALE) for name, weight in sorted(weights.items()) if weight > 0}
        self.mentees, self.mentors = mentees.height, mentors.height
        self.overlaps = {name: overlap(mentees, mentors, LISTS[name][0]) for name in self.units if name in LISTS}
        self.same = {
            name: _codes(mentees, mentors, column)
            for name, column in (("location", "location"), ("other_department", "department"))
            if name in self.units
        }
        self.by_name: dict[str, Named] = {}
        if "preferences" in self.units:
            self.by_name["preferences"] = preferences(mentees, mentors, self.units["preferences"])
        if "own_scores" in self.units:
            self.by_name["own_scores"] = own_scores(mentees, mentors, own, self.units["own_scores"])
        self.named = together(list(self.by_name.values()))
        self._stack()

    def _stack(self) -> None:
        """The linear components side by side, so that one product gives their sum."""
        left: list[Matrix] = [np.zeros((self.mentees, 1), dtype=np.float32)]
        right: list[Matrix] = [np.ones((self.mentors, 1), dtype=np.float32)]
        for name, one in self.overlaps.items():
            if LISTS[name][1] == "share":
                left.append(one.left * _each(self.units[name], one.left_size)[:, None])
                right.append(one.right)
        for name, (mentee_codes, mentor_codes) in self.same.items():
            values = np.intersect1d(mentee_codes[mentee_codes >= 0], mentor_codes[mentor_codes >= 0])
            points = self.units[name] * (1 if name == "location" else -1)
            left.append((mentee_codes[:, None] == values[None, :]).astype(np.float32) * np.float32(points))
            right.append((mentor_codes[:, None] == values[None, :]).astype(np.float32))
            if name == "other_department":
                left[0][:] += self.units[name]
        self.left: Matrix = np.concatenate(left, axis=1)
        self.right: Matrix = np.concatenate(right, axis=1)

    def seats_block(self, columns: IntArray) -> "SeatsBlock":
        """What is needed of some mentors, gathered once for many blocks of mentees."""
        curved = {name: (one.right[columns], one.right_size[columns]) for name, one in self._curved()}
        return SeatsBlock(columns, self.right[columns], curved)

    def _curved(self) -> list[tuple[str, Overlap]]:
        return [(name, one) for name, one in self.overlaps.items() if LISTS[name][1] != "share"]

    def block(self, rows: IntArray, seats: "SeatsBlock") -> Matrix:
        """Scores (rows, columns) in units, as float32 that hold whole numbers."""
        scores = self.left[rows] @ seats.linear.T
        for name, one in self._curved():
            right, right_size = seats.curved[name]
            shared = one.left[rows] @ right.T
            scores += _curve(LISTS[name][1], self.units[name], shared, one.left_size[rows][:, None], right_size)
        return scores

    def add_named(self, scores: Matrix, rows: IntArray, position: IntArray) -> None:
        """Add the points of pairs by name to a block. position: the block's column of each mentor, -1 = not in it."""
        if not self.named.codes.size:
            return
        low, high = self.named_starts[rows], self.named_starts[rows + 1]
        local = np.repeat(np.arange(rows.size), high - low)
        if local.size:
            first = np.concatenate([[0], np.cumsum(high - low)[:-1]])
            found = np.arange(local.size) - np.repeat(first - low, high - low)
            at = position[self.named.codes[found] - rows[local] * self.mentors]
            inside = at >= 0
            scores[local[inside], at[inside]] += self.named.points[found[inside]].astype(np.float32)

    @cached_property
    def named_starts(self) -> IntArray:
        """Where each mentee's pairs by name begin; one longer than the mentees."""
        return np.searchsorted(self.named.codes, np.arange(self.mentees + 1, dtype=np.int64) * self.mentors)

    def components(self, rows: IntArray, columns: IntArray) -> dict[str, IntArray]:
        """Points of each component for a list of pairs, in units."""
        points: dict[str, IntArray] = {}
        for name, units in self.units.items():
            if name in LISTS:
                one, how = self.overlaps[name], LISTS[name][1]
                shared = _shared(one, rows, columns)
                if how == "share":
                    found = shared * _each(units, one.left_size)[rows]
                else:
                    found = _curve(how, units, shared, one.left_size[rows], one.right_size[columns])
                points[name] = found.astype(np.int64)
            elif name in BY_NAME:
                points[name] = points_of(self.by_name[name], rows * self.mentors + columns)
            else:
                left, right = self.same[name]
                same = (left[rows] == right[columns]) & (left[rows] >= 0)
                points[name] = np.where(same if name == "location" else ~same, units, 0).astype(np.int64)
        return points

    def scores(self, rows: IntArray, columns: IntArray) -> IntArray:
        """Total scores of a list of pairs, in units: the sum of their components."""
        return sum(self.components(rows, columns).values(), start=np.zeros(rows.size, dtype=np.int64))


@dataclass(frozen=True)
class SeatsBlock:
    """The mentors of a block: their rows of the stacked matrix, and of each component that isn't linear."""

    columns: IntArray
    linear: Matrix
    curved: dict[str, tuple[Matrix, NDArray[np.float32]]]


def _each(units: int, size: NDArray[np.float32]) -> NDArray[np.float32]:
    """Whole points for each word met, so that sums are exact."""
    each: NDArray[np.float32] = np.rint(units / np.maximum(size, 1)).astype(np.float32)
    return each


def _curve(how: How, units: int, shared: Matrix, left: NDArray[np.float32], right: NDArray[np.float32]) -> Matrix:
    """Rounded points of a component that isn't linear; single operations in float32, so that every machine rounds alike."""
    below = (left + right) - shared if how == "jaccard" else np.sqrt(left * right)
    np.maximum(below, np.float32(1), out=below)
    points = shared * np.float32(units)
    points /= below
    return np.rint(points, out=points)


def _shared(one: Overlap, rows: IntArray, columns: IntArray) -> Matrix:
    shared = np.empty(rows.size, dtype=np.float32)
    for start in range(0, rows.size, 1 << 17):
        part = slice(start, start + (1 << 17))
        shared[part] = np.einsum("ij,ij->i", one.left[rows[part]], one.right[columns[part]])
    return shared


def overlap(mentees: pl.DataFrame, mentors: pl.DataFrame, columns: tuple[str, ...]) -> Overlap:
    """Membership in the words of some list columns; the same word in two columns counts as two."""
    parts = [_membership(mentees[column], mentors[column]) for column in columns]
    left, right = ([part[side] for part in parts] for side in (0, 1))
    return Overlap(
        np.concatenate([one.met for one in left], axis=1),
        np.concatenate([one.met for one in right], axis=1),
        sum((one.size for one in left), start=np.zeros(mentees.height, dtype=np.float32)),
        sum((one.size for one in right), start=np.zeros(mentors.height, dtype=np.float32)),
    )


@dataclass(frozen=True)
class _Words:
    """One side of a list column. met: 1 where a row has a word that both sides know; size: words in all."""

    met: Matrix
    size: NDArray[np.float32]


def _membership(mentees: pl.Series, mentors: pl.Series) -> tuple[_Words, _Words]:
    """Both sides of a column, by codes of their words: each step of Polars takes as long as all of this does for a small cohort."""
    lists = pl.concat([mentees, mentors])
    sizes = lists.list.len().fill_null(0)
    words = lists.filter(sizes > 0).explode()
    rows = np.repeat(np.arange(lists.len()), sizes.to_numpy())
    known = words.is_not_null()
    codes = words.filter(known).rank("dense").to_numpy().astype(np.int64) - 1
    count = int(codes.max(initial=-1)) + 1
    rows, codes = np.divmod(np.unique(rows[known.to_numpy()] * max(count, 1) + codes), max(count, 1))
    is_mentee = rows < mentees.len()
    both = np.zeros((2, count), dtype=bool)
    both[0, codes[is_mentee]] = both[1, codes[~is_mentee]] = True
    shared = both[0] & both[1]
    met = np.zeros((lists.len(), int(shared.sum())), dtype=np.float32)
    met[rows[shared[codes]], (np.cumsum(shared) - 1)[codes[shared[codes]]]] = 1.0
    size = np.bincount(rows, minlength=lists.len()).astype(np.float32)
    return _Words(met[: mentees.len()], size[: mentees.len()]), _Words(met[mentees.len() :], size[mentees.len() :])


def _codes(mentees: pl.DataFrame, mentors: pl.DataFrame, column: str) -> tuple[IntArray, IntArray]:
    """Codes of a text column of both sides, -1 where it is empty."""
    codes, distinct = coded([*mentees[column].to_list(), *mentors[column].to_list()])
    empty = np.array([value is None or value == "" for value in distinct], dtype=bool)
    codes = np.where(empty[codes], -1, codes) if codes.size else codes
    return codes[: mentees.height], codes[mentees.height :]
