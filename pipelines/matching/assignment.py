"""The exact optimum, and a proof of it from the prices of seats.

Order of aims: hard rules and locks, coverage, a floor under the worst score, the sum of scores (with a bonus for keeping pairs), then a
hash that breaks ties so that the order of the input rows never matters.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.matching.candidates import Edges
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.network import (
    Arcs,
    Seats,
    SolverRefused,
    cheapest_flow,
    flow_possible,
    greatest_fill,
    matching_arcs,
    potentials,
)

TIE_BITS = 22
"""A score is shifted by this much; what is below belongs to the tie-break and can never outweigh one unit of score."""

FINE_FLOOR = 200_000
"""Up to so many edges the floor is exact; beyond, it is a multiple of a thousandth."""


@dataclass(frozen=True)
class Optimum:
    """The best choice among some edges. used: which edges are pairs. covered: mentees with a mentor, filled: seats taken.

    floor: the least score, in units; least: each mentee's own, which is lower where they can't reach it with anybody (mentees,).
    gain: what was maximised, in tie units (score units << TIE_BITS). worth, price: dual values of mentees and seats in tie units; a pair
    outside the edges can only help where its gain exceeds worth + price. arcs, arc_flows, distance: the network it was found in.
    """

    used: Mask
    covered: int
    filled: int
    floor: int
    least: IntArray
    gain: int
    worth: IntArray
    price: IntArray
    arcs: Arcs
    arc_flows: IntArray
    distance: IntArray


class TieBreak:
    """A reproducible number a pair, small enough that all pairs together stay below one unit of score."""

    def __init__(self, mentee_ids: list[str], mentor_ids: list[str], salt: str, seats: int = 0) -> None:
        self.bits = TIE_BITS - max(1, len(mentee_ids), seats).bit_length()
        if self.bits < 1:
            raise SolverRefused(f"{len(mentee_ids)} mentees are more than the solver's whole numbers hold.")
        self.mentee_ids, self.salt = mentee_ids, salt
        self.left, self.right = draws(mentee_ids, "mentee", salt), draws(mentor_ids, "mentor", salt)

    def of(self, rows: IntArray, columns: IntArray) -> IntArray:
        """Numbers of a list of pairs, below 2**bits."""
        mixed = (self.left[rows] ^ self.right[columns]) * np.uint64(0x9E3779B97F4A7C15)
        return (mixed >> np.uint64(64 - self.bits)).astype(np.int64)


def draws(ids: list[str], side: str, salt: str) -> NDArray[np.uint64]:
    """A reproducible random number for each id."""
    hashes = b"".join(hashlib.blake2b(f"{salt}|{side}|{key}".encode(), digest_size=8).digest() for key in ids)
    return np.frombuffer(hashes, dtype=">u8").astype(np.uint64)


def coverage(edges: Edges, seats: Seats) -> tuple[int, int]:
    """The most mentees with a mentor, and the most seats filled; one assignment reaches both, for paths that fill seats never empty a mentee."""
    covered, _ = greatest_fill(edges, seats.first_wanted, seats)
    if not seats.further_wanted.any():
        return covered, covered
    return covered, greatest_fill(edges, seats.demand, seats)[0]


def own_best(edges: Edges, seats: Seats) -> IntArray:
    """The greatest score that each mentee can have with a mentor who offers a seat, (mentees,)."""
    best = np.zeros(seats.demand.size, dtype=np.int64)
    offered = seats.offered[edges.columns]
    np.maximum.at(best, edges.rows[offered], edges.scores[offered])
    return best


def greatest_floor(edges: Edges, arcs: Arcs, seats: Seats) -> int:
    """The greatest worst score with which the network's demands can still be met (binary search with maximum flows).

    Who can't reach it with any mentor who offers a seat is held to their own best, so that one empty form doesn't take the floor from everybody.
    """
    mentees = seats.demand.size
    edges = edges.where(seats.offered[edges.columns])
    if not edges.size:
        return 0
    levels = np.unique(edges.scores if edges.size <= FINE_FLOOR else edges.scores // 1000 * 1000)
    best = own_best(edges, seats)

    def works(level: int) -> bool:
        return flow_possible(edges.where(edges.scores >= np.minimum(level, best)[edges.rows]), arcs, mentees)

    low, high = 0, levels.size - 1
    if high > 0 and works(int(levels[high])):
        return int(levels[high])
    high = max(high - 1, 0)
    step = 1
    while low < high:
        # Gallop down from the top: the floor is mostly near the worst mentee's best score.
        middle = max(high - step + 1, (low + high + 1) // 2) if step else (low + high + 1) // 2
        if works(int(levels[middle])):
            low, step = middle, 0
        else:
            high, step = middle - 1, 2 * step
    return int(levels[low])


def best_choice(
    edges: Edges,
    gains: IntArray,
    seats: Seats,
    *,
    covered: int,
    filled: int,
    floor: int,
    least: IntArray,
    start: IntArray | None = None,
) -> Optimum:
    """The choice of greatest gain among edges that reach each mentee's least score, with its dual values. Gains are in tie units.

    start: distances found for the same seats with other edges, to begin from.
    """
    mentees = least.size
    arcs = matching_arcs(seats, covered, filled)
    kept = edges.scores >= least[edges.rows]
    allowed = edges.where(kept)
    flow = cheapest_flow(allowed, gains[kept], arcs, mentees, start)
    distance = potentials(allowed, gains[kept], arcs, flow, mentees)
    used = np.zeros(edges.size, dtype=bool)
    used[np.nonzero(kept)[0][flow.used]] = True
    distance = _tightened(distance, arcs, flow.arc_flows, edges, gains, used, seats)
    sink, mentors = distance[arcs.sink], seats.capacity.size
    worth, price = distance[:mentees] - sink, sink - distance[mentees : mentees + mentors]
    return Optimum(
        used, covered, filled, floor, least, int(gains[used].sum()), worth, price, arcs, flow.arc_flows, distance
    )


def _tightened(
    distance: IntArray, arcs: Arcs, flows: IntArray, edges: Edges, gains: IntArray, used: Mask, seats: Seats
) -> IntArray:
    """The same proof with mentees worth as much, and idle seats as cheap, as the residual network lets them be.

    A mentee may be as far as the nearest of those who lead there; an idle mentor or pool no farther than the sink. So free seats cost nothing,
    and a pair is worth exactly its mentee and its seat, which keeps pairs out of pricing that can't help.
    """
    distance = distance.copy()
    mentees, mentors, pools = seats.demand.size, seats.capacity.size, seats.pool_capacity.size
    sink, pooled = distance[arcs.sink], seats.pool >= 0
    load = np.bincount(edges.columns[used], minlength=mentors)
    in_pool = np.bincount(seats.pool[pooled], weights=load[pooled], minlength=pools)
    first = mentees + mentors
    distance[first : first + pools] = np.where(
        in_pool == 0, np.minimum(distance[first : first + pools], sink), distance[first : first + pools]
    )
    beyond = np.full(mentors, sink)
    beyond[pooled] = distance[first + seats.pool[pooled]]
    at_mentor = distance[mentees:first]
    distance[mentees:first] = np.where(load == 0, np.minimum(at_mentor, beyond), at_mentor)
    far = np.iinfo(np.int64).max
    nearest = np.full(mentees, far)
    np.minimum.at(nearest, edges.rows[used], distance[mentees + edges.columns[used]] + gains[used])
    alone = (arcs.tails < mentees) & (flows > 0)
    np.minimum.at(nearest, arcs.tails[alone], distance[arcs.heads[alone]])
    distance[:mentees] = np.where(nearest < far, nearest, distance[:mentees])
    return distance


@dataclass(frozen=True)
class Assignment:
    """A dense matrix' optimum. mentor_of: the mentor's row for each mentee, -1 = unmatched; value and bound in score units."""

    mentor_of: IntArray
    value: int
    bound: int
    floor: int
    coverage: int
    prices: NDArray[np.float64]


def tie_break(mentee_ids: list[str], mentor_ids: list[str], salt: str) -> IntArray:
    """The tie-break of every pair, (mentees, mentors)."""
    rows, columns = np.indices((len(mentee_ids), len(mentor_ids)))
    return TieBreak(mentee_ids, mentor_ids, salt).of(rows, columns)


def greatest_coverage(feasible: Mask, capacity: IntArray) -> int:
    """How many mentees can be matched at all (a maximum flow)."""
    rows, columns = np.nonzero(feasible)
    return coverage(Edges(rows, columns, 0 * rows), Seats.simple(capacity, feasible.shape[0]))[0]


def assign(
    scores: IntArray, feasible: Mask, capacity: IntArray, ties: IntArray, *, use_floor: bool = True
) -> Assignment:
    """The optimal assignment of mentees to seats, from matrices (mentees, mentors) of whole scores."""
    mentees, mentors = scores.shape
    rows, columns = np.nonzero(feasible)
    edges, seats = Edges(rows, columns, scores[rows, columns]), Seats.simple(capacity, mentees)
    covered, filled = coverage(edges, seats)
    mentor_of = np.full(mentees, -1, dtype=np.int64)
    if covered == 0:
        return Assignment(mentor_of, 0, 0, 0, 0, np.zeros(mentors))
    floor = greatest_floor(edges, matching_arcs(seats, covered, filled), seats) if use_floor else 0
    gains = (edges.scores << TIE_BITS) + ties[rows, columns]
    least = np.minimum(floor, own_best(edges, seats))
    found = best_choice(edges, gains, seats, covered=covered, filled=filled, floor=floor, least=least)
    mentor_of[rows[found.used]] = columns[found.used]
    value = int(edges.scores[found.used].sum())
    bound = dual_bound(edges, gains, seats, found)
    return Assignment(mentor_of, value, bound >> TIE_BITS, floor, covered, found.price / float(1 << TIE_BITS))


def dual_bound(edges: Edges, gains: IntArray, seats: Seats, found: Optimum) -> int:
    """What no choice of `covered` mentees at one mentor each can exceed, in tie units, by weak duality from the prices alone.

    sum_j capacity_j p_j + sum_i max(w, max_j (gain_ij - p_j)) - (unmatched) w, for any p >= 0 and any w. Holds without pools,
    least loads and quotas; used to check the network's own proof by another route.
    """
    price = np.maximum(found.price, 0)
    allowed = edges.scores >= found.least[edges.rows]
    nobody = np.iinfo(np.int64).min // 4
    best = np.full(seats.demand.size, nobody, dtype=np.int64)
    np.maximum.at(best, edges.rows[allowed], gains[allowed] - price[edges.columns[allowed]])
    matched = np.zeros(seats.demand.size, dtype=bool)
    matched[edges.rows[found.used]] = True
    unmatched = int((~matched).sum())
    # any w proves a bound; a mentee without any mentor must not make it so low that the sum overflows
    least = int(best[best > nobody].min(initial=0))
    stay = max(int(np.partition(best, unmatched - 1)[unmatched - 1]), least) if unmatched else 0
    total = int(np.maximum(best, stay).sum()) if unmatched else int(best.sum())
    return int((seats.capacity * price).sum()) + total - unmatched * stay
