"""Who competes for the same seats: alternating search, Hall sets, and requests that can't be met.

Hall (1935): some mentees can't all be matched exactly where a set of them may be matched, together, with too few seats. The search finds
that set; the same search proves that a coverage or a floor can't be raised by pairs that the solver hasn't seen.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.matching.affinity import ScoreModel
from pipelines.matching.assignment import coverage, greatest_floor, own_best
from pipelines.matching.candidates import Edges, merged, pairs_above
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.feasibility import Feasibility
from pipelines.matching.network import Arcs, Seats, flow_possible, greatest_fill, matching_arcs
from pipelines.matching.problem import MatchProblem

ROUNDS = 60
SPREAD = 30


class InfeasibleRequest(ValueError):
    """Locks, least loads, a floor or a quota that no assignment can meet; the message says who, why and what to change."""


@dataclass(frozen=True)
class Coverage:
    """mentees that get a mentor, seats that are filled (beside locks), and whether more is proven to be impossible."""

    mentees: int
    seats: int
    proven: bool


@dataclass(frozen=True)
class Reached:
    """mentees and mentors (masks) that alternating paths reach; parent: for each mentor the mentee it was reached from, -1 = none."""

    mentees: Mask
    mentors: Mask
    parent: IntArray


def alternating(
    start: IntArray, may: Callable[[int], Mask], rows: IntArray, columns: IntArray, seats: Seats
) -> Reached:
    """Everybody reached from some mentees by "may have" and back by "is had by". rows, columns: the present pairs."""
    order = np.argsort(columns, kind="stable")
    holders, load = rows[order], np.bincount(columns, minlength=seats.capacity.size)
    starts = np.concatenate([[0], np.cumsum(load)])
    mentees = np.zeros(seats.demand.size, dtype=bool)
    mentors = np.zeros(seats.capacity.size, dtype=bool)
    vacated = np.zeros(seats.capacity.size, dtype=bool)
    parent = np.full(seats.capacity.size, -1, dtype=np.int64)
    mentees[start] = True
    frontier = start.tolist()
    while frontier:
        fresh = np.zeros(seats.capacity.size, dtype=bool)
        for row in frontier:
            found = may(row) & ~mentors
            parent[found] = row
            mentors |= found
            fresh |= found
        pools = np.unique(seats.pool[fresh])
        fresh |= np.isin(seats.pool, pools[pools >= 0])
        fresh &= ~vacated
        vacated |= fresh
        held = [holders[starts[j] : starts[j + 1]] for j in np.nonzero(fresh)[0].tolist()]
        new = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *held]))
        frontier = new[~mentees[new]].tolist()
        mentees[new] = True
    return Reached(mentees, mentors, parent)


class MayHave:
    """Which mentors a mentee may have, telling each group of alike mentees only once."""

    def __init__(self, feasibility: Feasibility) -> None:
        self.feasibility = feasibility
        self.told: set[int] = set()
        self.nobody = np.zeros(feasibility.mentors, dtype=bool)

    def __call__(self, row: int) -> Mask:
        group = int(self.feasibility.group_of[row])
        if group in self.told:
            return self.nobody
        if self.feasibility.named_starts[row] == self.feasibility.named_starts[row + 1]:
            self.told.add(group)
        return self.feasibility.row(row)


def free_seats(columns: IntArray, seats: Seats) -> Mask:
    """Mentors with a free seat of their own and in their pool."""
    load = np.bincount(columns, minlength=seats.capacity.size)
    free: Mask = load < seats.capacity
    pooled = seats.pool >= 0
    if pooled.any():
        used = np.bincount(seats.pool[pooled], weights=load[pooled], minlength=seats.pool_capacity.size)
        free[pooled] &= (used < seats.pool_capacity)[seats.pool[pooled]]
    return free


def extended(
    edges: Edges, seats: Seats, model: ScoreModel, feasibility: Feasibility, active: Mask
) -> tuple[Edges, Coverage]:
    """Edges with those that full coverage needs, and the coverage, proven by a Hall set where somebody stays unmatched."""
    once = seats.first_wanted
    for _ in range(ROUNDS):
        covered, flows = greatest_fill(edges, once, seats)
        used = flows > 0
        alone = active & (once > 0)
        alone[edges.rows[used]] = False
        if not alone.any():
            break
        start = np.nonzero(alone)[0]
        reached = alternating(start, MayHave(feasibility), edges.rows[used], edges.columns[used], seats)
        free = free_seats(edges.columns[used], seats) & reached.mentors
        if not free.any():
            break
        columns = np.nonzero(reached.mentors)[0]
        rows = reached.parent[columns]
        direct = [(row, _spread(np.nonzero(feasibility.row(row) & free)[0], row)) for row in start.tolist()]
        rows = np.concatenate([rows, *(np.full(at.size, row) for row, at in direct)])
        columns = np.concatenate([columns, *(at for _, at in direct)])
        edges = merged(model, edges, rows, columns)
    else:
        return edges, Coverage(*coverage(edges, seats), proven=False)
    several = bool(seats.further_wanted.any())
    filled = greatest_fill(edges, seats.demand, seats)[0] if several else covered
    return edges, Coverage(covered, filled, proven=not several or filled == int(seats.demand.sum()))


def _spread(options: IntArray, who: int, most: int = SPREAD) -> IntArray:
    """A few options, others for everybody, so that not all crowd around the same few."""
    if options.size <= most:
        return options
    return options[(who * 7919 + np.arange(most) * (options.size // most)) % options.size]


def floor_edges(
    edges: Edges, floor: int, arcs: Arcs, seats: Seats, model: ScoreModel, feasibility: Feasibility
) -> tuple[Edges, int]:
    """Raise the floor by pairs outside the edges until a Hall set proves that none can."""
    once = seats.first_wanted
    for _ in range(ROUNDS):
        level = floor // 1000 * 1000 + 1000
        wanted = np.minimum(level, own_best(edges, seats))
        high = edges.where(edges.scores >= wanted[edges.rows])
        _, flows = greatest_fill(high, once, seats)
        alone = once > 0
        alone[high.rows[flows > 0]] = False
        used = flows > 0
        reached = alternating(
            np.nonzero(alone)[0], _among(high, feasibility.mentors), high.rows[used], high.columns[used], seats
        )
        barred = np.where(reached.mentors, 1e12, 0.0)
        threshold = wanted.astype(np.float64)
        rows, columns = pairs_above(model, feasibility, threshold, barred, limit=SPREAD, among=reached.mentees)
        if not rows.size:
            return edges, floor
        edges = merged(model, edges, rows, columns)
        floor = greatest_floor(edges, arcs, seats)
    return edges, floor


def _among(edges: Edges, mentors: int) -> Callable[[int], Mask]:
    starts = np.searchsorted(edges.rows, np.arange(int(edges.rows.max(initial=-1)) + 2))

    def may(row: int) -> Mask:
        mask = np.zeros(mentors, dtype=bool)
        if row + 1 < starts.size:
            mask[edges.columns[starts[row] : starts[row + 1]]] = True
        return mask

    return may


def check_locks(problem: MatchProblem, feasibility: Feasibility) -> tuple[IntArray, IntArray]:
    """Row numbers of the locked pairs. Raises `InfeasibleRequest` where a lock breaks a rule or asks for more seats than there are."""
    rows, columns = problem.positions(problem.locks, "locks")
    if np.unique(rows * max(problem.mentors.height, 1) + columns).size < rows.size:
        raise InfeasibleRequest("The same pair is locked twice. Next step: remove one of the locks.")
    mentees, mentors = problem.mentees["application_id"], problem.mentors["application_id"]
    for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
        broken = feasibility.breaks(i, j)
        if broken:
            raise InfeasibleRequest(
                f"The lock of {mentees[i]} with {mentors[j]} breaks the rule that {broken[0].words}. Next step: remove the lock, or change the rule."
            )
    over = [
        (mentors[j], "seats", taken, seats)
        for j, (taken, seats) in enumerate(
            zip(np.bincount(columns, minlength=len(mentors)), problem.seats, strict=True)
        )
        if taken > seats
    ] + [
        (mentees[i], "mentors wanted", given, wanted)
        for i, (given, wanted) in enumerate(zip(np.bincount(rows, minlength=len(mentees)), problem.wanted, strict=True))
        if given > wanted
    ]
    if over:
        name, what, asked, there = over[0]
        raise InfeasibleRequest(
            f"{name} has {there} {what}, but {asked} locks. Next step: remove a lock, or raise the number."
        )
    return rows, columns


def with_minimum(edges: Edges, seats: Seats, model: ScoreModel, feasibility: Feasibility) -> Edges:
    """Edges with those that least loads need: mentors who are short, and those they compete with, get more mentees until all are met or
    all their feasible mentees are there."""
    most = SPREAD
    while seats.minimum.any():
        short = _short_mentors(edges, seats)[0]
        if not short.any():
            return edges
        added = [(_spread(feasibility.column(j), j, most), j) for j in np.nonzero(short)[0].tolist()]
        more = merged(
            model,
            edges,
            np.concatenate([rows for rows, _ in added]),
            np.concatenate([np.full(rows.size, j) for rows, j in added]),
        )
        active = seats.demand[more.rows] > 0
        more = more.where(active)
        if more.size == edges.size and most >= feasibility.mentees:
            return edges
        edges, most = more, 4 * most
    return edges


def _short_mentors(edges: Edges, seats: Seats) -> tuple[Mask, Mask, int]:
    """Mentors whose least loads can't all be met together and the mentees whom they may have (none where all can), and seats filled."""
    least = Seats(seats.demand, seats.minimum, 0 * seats.minimum, seats.pool, seats.pool_capacity)
    filled, flows = greatest_fill(edges, seats.demand, least)
    used = flows > 0
    mentors = np.bincount(edges.columns[used], minlength=seats.minimum.size) < seats.minimum
    mentees = np.zeros(seats.demand.size, dtype=bool)
    while mentors.any():
        mentees[edges.rows[mentors[edges.columns]]] = True
        wider = mentors.copy()
        wider[edges.columns[used & mentees[edges.rows]]] = True
        if (wider == mentors).all():
            break
        mentors = wider
    return mentors, mentees, filled


def check_minimum(edges: Edges, seats: Seats, covered: Coverage, problem: MatchProblem) -> None:
    """Raises `InfeasibleRequest` where the mentors' least loads can't all be met, with the mentors and mentees concerned."""
    if not seats.minimum.any():
        return
    if flow_possible(edges, matching_arcs(seats, covered.mentees, covered.seats), seats.demand.size):
        return
    mentors, mentees, filled = _short_mentors(edges, seats)
    asked, there = int(seats.minimum[mentors].sum()), int(seats.demand[mentees].sum())
    names = ", ".join(problem.mentors["application_id"].filter(mentors).head(5).to_list())
    raise InfeasibleRequest(
        f"{int(mentors.sum())} mentors ({names}{', ...' if mentors.sum() > 5 else ''}) ask together for at least {asked} mentees, but only {there} "
        f"may be matched with them; {max(asked - there, int(seats.minimum.sum()) - filled)} short. Next step: lower their minimum, or relax a rule."
    )
