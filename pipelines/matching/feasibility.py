"""All hard rules together, without the matrix of all pairs: groups of mentees that may meet the same mentors, minus named pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.matching.eligibility import Categories, CategoryRule, IntArray, Mask, PairRule, Rule

ROWS_AT_ONCE = 512


@dataclass(frozen=True)
class Group:
    """Mentees (rows) whose categories let them meet the same mentors (columns)."""

    rows: IntArray
    columns: IntArray


class Feasibility:
    """Which pairs may be, after all rules.

    groups: mentees by the mentors that their categories allow. named: sorted distinct `row * mentors + column` of single pairs that a
    rule forbids by name. held: blocks of scored pairs kept between scans, and held_for: the scores they were made with.
    """

    def __init__(self, rules: Sequence[Rule], mentees: pl.DataFrame, mentors: pl.DataFrame) -> None:
        self.rules = list(rules)
        self.mentees, self.mentors = mentees.height, mentors.height
        self.categories: dict[int, Categories] = {}
        self.named_by_rule: dict[int, IntArray] = {}
        for k, rule in enumerate(self.rules):
            if isinstance(rule, CategoryRule):
                self.categories[k] = rule.categories(mentees, mentors)
            else:
                self.named_by_rule[k] = self._named(rule, mentees, mentors)
        self.named: IntArray = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *self.named_by_rule.values()]))
        self.held: list[tuple[IntArray, IntArray, NDArray[np.float32]]] = []
        self.held_for: object = None
        self._build_groups()

    def _named(self, rule: Rule, mentees: pl.DataFrame, mentors: pl.DataFrame) -> IntArray:
        if isinstance(rule, PairRule):
            rows, columns = rule.forbidden_pairs(mentees, mentors)
            return np.unique(rows * self.mentors + columns)
        codes = [np.zeros(0, dtype=np.int64)]
        for start in range(0, self.mentees, ROWS_AT_ONCE):
            rows, columns = np.nonzero(rule.forbids(mentees[start : start + ROWS_AT_ONCE], mentors))
            codes.append((rows + start) * self.mentors + columns)
        return np.concatenate(codes)

    def withhold(self, rows: IntArray, columns: IntArray) -> None:
        """Take single pairs out of what may still be chosen, without calling them forbidden (they are locked)."""
        if rows.size:
            self.named = np.union1d(self.named, rows * self.mentors + columns)
            self.held, self.held_for = [], None

    def _build_groups(self) -> None:
        """Distinct category tuples of each side, the table of those that may meet, and the mentees grouped by its rows."""
        found = list(self.categories.values())
        left = _tuples([one.mentee_codes for one in found], self.mentees)
        right = _tuples([one.mentor_codes for one in found], self.mentors)
        allowed = np.ones((left.first.size, right.first.size), dtype=bool)
        for one in found:
            allowed &= ~one.forbidden[one.mentee_codes[left.first][:, None], one.mentor_codes[right.first][None, :]]
        packed = np.packbits(allowed, axis=1)
        _, keep, same = np.unique(packed, axis=0, return_index=True, return_inverse=True)
        self.group_allowed: Mask = allowed[keep]
        self.group_of: IntArray = same.reshape(-1)[left.codes] if self.mentees else np.zeros(0, dtype=np.int64)
        self.category_of: IntArray = right.codes

    @cached_property
    def groups(self) -> list[Group]:
        order = np.argsort(self.group_of, kind="stable")
        sizes = np.bincount(self.group_of, minlength=self.group_allowed.shape[0])
        starts = np.concatenate([[0], np.cumsum(sizes)])
        return [
            Group(order[starts[g] : starts[g + 1]], np.nonzero(self.group_allowed[g][self.category_of])[0])
            for g in range(self.group_allowed.shape[0])
            if sizes[g]
        ]

    @cached_property
    def named_starts(self) -> IntArray:
        """Where each mentee's named pairs begin in `named`; one longer than the mentees."""
        return np.searchsorted(self.named, np.arange(self.mentees + 1, dtype=np.int64) * self.mentors)

    def allows(self, rows: IntArray, columns: IntArray) -> Mask:
        """Whether each of some pairs is feasible."""
        fine = self.group_allowed[self.group_of[rows], self.category_of[columns]]
        if self.named.size and fine.size:
            codes = rows * self.mentors + columns
            at = np.minimum(np.searchsorted(self.named, codes), self.named.size - 1)
            fine = fine & (self.named[at] != codes)
        return fine

    def row(self, mentee: int) -> Mask:
        """Which mentors one mentee may have."""
        fine = self.group_allowed[self.group_of[mentee]][self.category_of]
        fine[self.named[self.named_starts[mentee] : self.named_starts[mentee + 1]] - mentee * self.mentors] = False
        return fine

    def column(self, mentor: int) -> IntArray:
        """Rows of the mentees whom one mentor may have."""
        rows = np.nonzero(self.group_allowed[:, self.category_of[mentor]][self.group_of])[0]
        return rows[self.allows(rows, np.full(rows.size, mentor))]

    def breaks(self, mentee: int, mentor: int) -> list[Rule]:
        """The rules that forbid one pair."""
        code = mentee * self.mentors + mentor
        broken = []
        for k, rule in enumerate(self.rules):
            if k in self.categories:
                one = self.categories[k]
                if one.forbidden[one.mentee_codes[mentee], one.mentor_codes[mentor]]:
                    broken.append(rule)
            elif np.isin(code, self.named_by_rule[k]):
                broken.append(rule)
        return broken

    def removed_from(self, mentee: int) -> list[tuple[int, Rule]]:
        """How many mentors each rule alone takes from one mentee."""
        counts = []
        for k, rule in enumerate(self.rules):
            if k in self.categories:
                one = self.categories[k]
                removed = int(one.forbidden[one.mentee_codes[mentee]][one.mentor_codes].sum())
            else:
                low, high = np.searchsorted(self.named_by_rule[k], [mentee * self.mentors, (mentee + 1) * self.mentors])
                removed = int(high - low)
            counts.append((removed, rule))
        return counts

    @cached_property
    def removed(self) -> list[int]:
        """How many pairs each rule alone removes."""
        counts = []
        for k in range(len(self.rules)):
            if k in self.categories:
                one = self.categories[k]
                left = np.bincount(one.mentee_codes, minlength=one.forbidden.shape[0])
                right = np.bincount(one.mentor_codes, minlength=one.forbidden.shape[1])
                counts.append(int(left @ one.forbidden.astype(np.int64) @ right))
            else:
                counts.append(int(self.named_by_rule[k].size))
        return counts

    @cached_property
    def pairs(self) -> int:
        """How many pairs are feasible."""
        by_category = sum(group.rows.size * group.columns.size for group in self.groups)
        if not self.named.size:
            return by_category
        rows, columns = self.named // self.mentors, self.named % self.mentors
        return by_category - int(self.group_allowed[self.group_of[rows], self.category_of[columns]].sum())


@dataclass(frozen=True)
class _Tuples:
    """codes: the distinct tuple of each row; first: one row of each distinct tuple."""

    codes: IntArray
    first: IntArray


def _tuples(columns: list[NDArray[np.int64]], rows: int) -> _Tuples:
    if rows == 0 or not columns:
        return _Tuples(np.zeros(rows, dtype=np.int64), np.zeros(min(rows, 1), dtype=np.int64))
    _, first, codes = np.unique(np.stack(columns, axis=1), axis=0, return_index=True, return_inverse=True)
    return _Tuples(codes.reshape(-1).astype(np.int64), first.astype(np.int64))
