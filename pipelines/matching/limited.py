"""Limits on who shares a mentor, and a floor under the sum of a mentee's scores: what a network can't hold, by branch and bound.

max sum of gains subject to seats, least loads, pools and quota, and for each mentor j and value v of a limited attribute, with x_ij = 1 for a pair:
at most k of one value   sum(i in v) x_ij <= k
mixed                    sum(i in v) x_ij - (seats_j - 1) sum(i not in v) x_ij <= 1   (two or more are never all of one value)
In the order of aims: mentees with a mentor, seats filled, floor, gains. HiGHS through `scipy.optimize.milp` (Huangfu & Hall 2018), up to about 2,000 people. No score sees a group.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from pipelines.matching.candidates import Edges
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.network import Seats, SolverRefused

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Limit:
    """A limit on the groups of all mentors. codes (mentees,; -1 = not known, which no limit judges); at_most: of one value, None = any; mixed: not all of one value. words: complete "each mentor has"."""

    codes: IntArray
    at_most: int | None
    mixed: bool
    words: str


@dataclass(frozen=True)
class Locked:
    """Pairs that are fixed beside the edges: they count in every group and every sum."""

    rows: IntArray
    columns: IntArray
    scores: IntArray


@dataclass(frozen=True)
class Chosen:
    """used: which edges are pairs. bound: proven upper bound of their gain. floor: reached, in units. covered, filled: mentees with a mentor and seats, locks aside."""

    used: Mask
    bound: float
    floor: int
    covered: int
    filled: int


class Programme:
    """The integer programme of some edges: variables are the edges, then one for each mentee who wants a first mentor."""

    def __init__(self, edges: Edges, seats: Seats, limits: list[Limit], locked: Locked, seconds: float) -> None:
        self.edges, self.seats, self.locked, self.seconds = edges, seats, locked, seconds
        self.mentees, self.mentors = seats.demand.size, seats.capacity.size
        self.size = edges.size + self.mentees
        self.limits: list[LinearConstraint] = []
        every = np.ones(edges.size)
        self._add(edges.rows, every, self.mentees, -np.inf, seats.demand.astype(float))
        self._add(edges.columns, every, self.mentors, seats.minimum.astype(float), seats.capacity.astype(float))
        self._pools()
        self._covered()
        for limit in limits:
            self._limit(limit)

    def _add(
        self, rows: IntArray, values: FloatArray, count: int, low: FloatArray | float, high: FloatArray | float
    ) -> None:
        """Rows of sums over the edges, each with its limits."""
        matrix = csr_array(coo_array((values, (rows, np.arange(rows.size))), shape=(count, self.size)))
        self.limits.append(LinearConstraint(matrix, low, high))

    def _pools(self) -> None:
        pool = self.seats.pool[self.edges.columns]
        pooled = np.nonzero(pool >= 0)[0]
        if pooled.size:
            matrix = coo_array(
                (np.ones(pooled.size), (pool[pooled], pooled)), shape=(self.seats.pool_capacity.size, self.size)
            )
            self.limits.append(LinearConstraint(csr_array(matrix), -np.inf, self.seats.pool_capacity.astype(float)))

    def _covered(self) -> None:
        """A mentee counts as matched with one pair at least; a quota limits how many of a group don't."""
        edges, mentees = self.edges, np.arange(self.mentees)
        matrix = coo_array(
            (
                np.concatenate([np.ones(self.mentees), -np.ones(edges.size)]),
                (np.concatenate([mentees, edges.rows]), np.concatenate([edges.size + mentees, np.arange(edges.size)])),
            ),
            shape=(self.mentees, self.size),
        )
        self.limits.append(LinearConstraint(csr_array(matrix), -np.inf, 0.0))
        self.upper = np.concatenate([np.ones(edges.size), self.seats.first_wanted.astype(float)])
        if self.seats.unmatched_at_most.size:
            inside = np.nonzero((self.seats.group >= 0) & (self.seats.first_wanted > 0))[0]
            sizes = np.bincount(self.seats.group[inside], minlength=self.seats.unmatched_at_most.size)
            group = coo_array(
                (np.ones(inside.size), (self.seats.group[inside], edges.size + inside)), shape=(sizes.size, self.size)
            )
            least = (sizes - self.seats.unmatched_at_most).astype(float)
            self.limits.append(LinearConstraint(csr_array(group), least, np.inf))

    def _limit(self, limit: Limit) -> None:
        values = int(limit.codes.max(initial=-1)) + 1
        if not values:
            return
        code, held = limit.codes[self.edges.rows], self._held(limit, values)
        known = np.nonzero(code >= 0)[0]
        if limit.at_most is not None:
            rows = self.edges.columns[known] * values + code[known]
            matrix = coo_array((np.ones(known.size), (rows, known)), shape=(self.mentors * values, self.size))
            self.limits.append(LinearConstraint(csr_array(matrix), -np.inf, limit.at_most - held.ravel()))
        if limit.mixed:
            self._mixed(limit, values, held)

    def _held(self, limit: Limit, values: int) -> FloatArray:
        """Locked mentees of each mentor by value, (mentors, values)."""
        held = np.zeros((self.mentors, values))
        code = limit.codes[self.locked.rows]
        np.add.at(held, (self.locked.columns[code >= 0], code[code >= 0]), 1)
        return held

    def _mixed(self, limit: Limit, values: int, held: FloatArray) -> None:
        load = np.bincount(self.locked.columns, minlength=self.mentors)
        others = np.maximum(self.seats.capacity + load - 1, 1).astype(float)
        at = np.repeat(np.arange(self.edges.size), values)
        value = np.tile(np.arange(values), self.edges.size)
        same = limit.codes[self.edges.rows][at] == value
        weight = np.where(same, 1.0, -others[self.edges.columns][at])
        rows = self.edges.columns[at] * values + value
        matrix = coo_array((weight, (rows, at)), shape=(self.mentors * values, self.size))
        room = 1 - held + others[:, None] * (load[:, None] - held)
        self.limits.append(LinearConstraint(csr_array(matrix), -np.inf, room.ravel()))

    def greatest(
        self, worth: FloatArray, more: list[LinearConstraint] | None = None
    ) -> tuple[FloatArray, float] | None:
        """The variables of the greatest sum of worth, and its proven bound; None where nothing is possible."""
        found = milp(
            -worth,
            constraints=[*self.limits, *(more or [])],
            integrality=np.ones(self.size),
            bounds=Bounds(0, self.upper),
            options={"time_limit": self.seconds, "mip_rel_gap": 1e-9},
        )
        if found.x is None and found.status == 2:
            return None
        if found.x is None:
            raise SolverRefused(
                f"HiGHS found no answer within {self.seconds:g} seconds: {found.message} Next step: match by site, or lift a limit."
            )
        return np.asarray(found.x), float(-found.mip_dual_bound)

    def at_least(self, worth: FloatArray, least: float) -> None:
        """Hold what an earlier aim reached."""
        self.limits.append(LinearConstraint(worth[None, :], least, np.inf))

    def per_mentee(self, least: IntArray, *, of_sum: bool) -> list[LinearConstraint]:
        """That a matched mentee's worst score, or sum of scores, reaches their least (mentees,)."""
        edges = self.edges
        if not of_sum:
            below = (edges.scores < least[edges.rows]).astype(float)
            return [LinearConstraint(np.concatenate([below, np.zeros(self.mentees)])[None, :], 0, 0)]
        held = np.bincount(self.locked.rows, weights=self.locked.scores, minlength=self.mentees)
        mentees = np.arange(self.mentees)
        matrix = coo_array(
            (
                np.concatenate([edges.scores.astype(float), -least.astype(float)]),
                (np.concatenate([edges.rows, mentees]), np.concatenate([np.arange(edges.size), edges.size + mentees])),
            ),
            shape=(self.mentees, self.size),
        )
        return [LinearConstraint(csr_array(matrix), -held, np.inf), self._counted()]

    def _counted(self) -> LinearConstraint:
        """Whoever wants a first mentor and has a pair counts as matched, so that no aim gains by not counting them."""
        edges, wanting = self.edges, np.nonzero(self.seats.first_wanted > 0)[0]
        mine = np.nonzero(self.seats.first_wanted[edges.rows] > 0)[0]
        matrix = coo_array(
            (
                np.concatenate([np.ones(mine.size), -self.seats.demand[wanting].astype(float)]),
                (np.concatenate([edges.rows[mine], wanting]), np.concatenate([mine, edges.size + wanting])),
            ),
            shape=(self.mentees, self.size),
        )
        return LinearConstraint(csr_array(matrix), -np.inf, 0.0)


def choose(
    programme: Programme, gains: IntArray, *, floor: bool | float, of_sum: bool, coverage_first: bool
) -> Chosen | None:
    """The best choice in the order of aims; None where limits, locks or the floor in figures can't all be met. gains, and floor as a number, in units."""
    edges, mentees = programme.edges.size, programme.mentees
    covered, filled = (
        np.concatenate([np.zeros(edges), np.ones(mentees)]),
        np.concatenate([np.ones(edges), np.zeros(mentees)]),
    )
    for aim in (covered, filled) if coverage_first else ():
        found = programme.greatest(aim)
        if found is None:
            return None
        programme.at_least(aim, round(float(aim @ found[0])))
    level = 0
    if floor is not False:
        best = _own_best(programme, of_sum=of_sum)
        if floor is True:
            level = _greatest_floor(programme, best, of_sum=of_sum) if coverage_first else 0
            least = np.minimum(level, best)
        else:
            level, least = int(floor), np.full(mentees, int(floor))
        programme.limits += programme.per_mentee(least, of_sum=of_sum)
    found = programme.greatest(np.concatenate([gains.astype(float), np.zeros(mentees)]))
    if found is None:
        return None
    used: Mask = found[0][:edges] > 0.5
    return Chosen(used, found[1], level, round(float(covered @ found[0])), int(used.sum()))


def _own_best(programme: Programme, *, of_sum: bool) -> IntArray:
    """The greatest score, or sum of scores, that each mentee can have with the seats on offer, (mentees,)."""
    edges, demand = programme.edges, programme.seats.demand
    offered = programme.seats.offered[edges.columns]
    rows, scores = edges.rows[offered], edges.scores[offered]
    order = np.lexsort((-scores, rows))
    rows, scores = rows[order], scores[order]
    turn = np.arange(rows.size) - np.searchsorted(rows, rows)
    counted = turn < (demand[rows] if of_sum else 1)
    best = np.bincount(rows[counted], weights=scores[counted], minlength=demand.size).astype(np.int64)
    return (
        best
        + np.bincount(programme.locked.rows, weights=programme.locked.scores, minlength=demand.size).astype(np.int64)
        * of_sum
    )


def _greatest_floor(programme: Programme, best: IntArray, *, of_sum: bool) -> int:
    """The greatest floor with which the earlier aims can still be met; who can't reach it is held to their own best."""
    nothing = np.zeros(programme.size)

    def works(level: int) -> bool:
        return programme.greatest(nothing, programme.per_mentee(np.minimum(level, best), of_sum=of_sum)) is not None

    low, high = 0, int(best.max(initial=0))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if works(middle) else (low, middle - 1)
    return low
