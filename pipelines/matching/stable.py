"""Stable matching: nobody and no mentor would both rather have each other. As a mode, and as a measure of any proposal.

Deferred acceptance with mentees proposing (Gale & Shapley 1962), with seats shared in pools as in student-project allocation
(Abraham, Irving & Manlove 2007). Its result is the best stable one for every mentee at once.
"""

import numpy as np

from pipelines.matching.assignment import TIE_BITS, TieBreak
from pipelines.matching.candidates import Edges
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.named_scores import ranked
from pipelines.matching.network import Seats
from pipelines.matching.problem import MatchProblem

NAMED = 1 << 44
"""Whoever is named by choice stands above everybody who isn't; scores with their tie-break stay below this."""


def both_orders(problem: MatchProblem, edges: Edges, ties: TieBreak) -> tuple[IntArray, IntArray]:
    """How much each side wants each edge (greater = rather): named people in order of choice, then everybody else by score."""
    base = (edges.scores << TIE_BITS) + ties.of(edges.rows, edges.columns)
    width = max(problem.mentors.height, 1)
    there, back = ranked(problem.mentees, problem.mentors), ranked(problem.mentors, problem.mentees)
    codes = edges.rows * width + edges.columns
    mentee = base + _named(codes, (there["owner"] * width + there["other"]).to_numpy(), there["choice"].to_numpy())
    mentor = base + _named(codes, (back["other"] * width + back["owner"]).to_numpy(), back["choice"].to_numpy())
    return mentee, mentor


def _named(codes: IntArray, named: IntArray, choice: IntArray) -> IntArray:
    order = np.argsort(named)
    named, choice = named[order].astype(np.int64), choice[order].astype(np.int64)
    if not named.size:
        return np.zeros(codes.size, dtype=np.int64)
    at = np.minimum(np.searchsorted(named, codes), named.size - 1)
    return np.where(named[at] == codes, NAMED * np.maximum(1000 - choice[at], 1), 0)


def deferred_acceptance(edges: Edges, mentee_wish: IntArray, mentor_wish: IntArray, seats: Seats) -> Mask:
    """Which edges are pairs of the mentee-optimal stable matching. Edges are sorted by mentee; wishes are as in `both_orders`."""
    order = np.lexsort((-mentee_wish, edges.rows))
    counts = np.bincount(edges.rows, minlength=seats.demand.size)
    starts = np.concatenate([[0], np.cumsum(counts)])
    following, ends = starts[:-1].tolist(), starts[1:].tolist()
    queue = [i for i, wanted in enumerate(seats.demand.tolist()) for _ in range(wanted)][::-1]
    listed, columns, wish = order.tolist(), edges.columns.tolist(), mentor_wish.tolist()
    rows, pool = edges.rows.tolist(), seats.pool.tolist()
    capacity, pool_capacity = seats.capacity.tolist(), seats.pool_capacity.tolist()
    held: list[list[int]] = [[] for _ in capacity]
    in_pool: list[list[int]] = [[] for _ in pool_capacity]
    while queue:
        mentee = queue.pop()
        if following[mentee] == ends[mentee]:
            continue
        edge = listed[following[mentee]]
        following[mentee] += 1
        mentor = columns[edge]
        held[mentor].append(edge)
        group = in_pool[pool[mentor]] if pool[mentor] >= 0 else None
        if group is not None:
            group.append(edge)
        refused = None
        if len(held[mentor]) > capacity[mentor]:
            refused = min(held[mentor], key=wish.__getitem__)
        elif group is not None and len(group) > pool_capacity[pool[mentor]]:
            refused = min(group, key=wish.__getitem__)
        if refused is not None:
            held[columns[refused]].remove(refused)
            if group is not None:
                group.remove(refused)
            queue.append(rows[refused])
    used = np.zeros(edges.size, dtype=bool)
    used[[edge for edges_held in held for edge in edges_held]] = True
    return used


def blocking_pairs(edges: Edges, used: Mask, mentee_wish: IntArray, mentor_wish: IntArray, seats: Seats) -> Mask:
    """Edges that aren't pairs although both would gain: the mentee has room or something worse, and so has the mentor (and the pool)."""
    never, always = np.iinfo(np.int64).max, np.iinfo(np.int64).min

    def least(positions: IntArray, wish: IntArray, limits: IntArray) -> IntArray:
        """The wish that a newcomer must exceed: below everything where there is room, above everything where there is no seat at all."""
        worst = np.full(limits.size, never)
        np.minimum.at(worst, positions[used], wish[used])
        load = np.bincount(positions[used], minlength=limits.size)
        return np.where(limits <= 0, never, np.where(load < limits, always, worst))

    mentee_least = least(edges.rows, mentee_wish, seats.demand)
    mentor_least = least(edges.columns, mentor_wish, seats.capacity)
    blocks: Mask = ~used & (mentee_wish > mentee_least[edges.rows]) & (mentor_wish > mentor_least[edges.columns])
    if seats.pool_capacity.size:
        pools = np.append(seats.pool_capacity, np.int64(1) << 60)
        pool_of = np.where(seats.pool >= 0, seats.pool, pools.size - 1)[edges.columns]
        blocks &= mentor_wish > least(pool_of, mentor_wish, pools)[pool_of]
    return blocks
