"""The exact optimum as a min-cost flow, with a proof of it from the dual prices.

Order of aims: hard rules, coverage, a floor under the worst score, the sum of scores, then a hash that breaks ties so that the order of
the input rows never matters. Mentee -> mentor (capacity) -> sink and mentee -> unmatched -> sink form a transportation
network; the arc from "unmatched" holds exactly as many people as must stay unmatched, so coverage needs no big-M.
Reference: Ahuja, Magnanti & Orlin, Network Flows (1993), chapters 9-11.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow, min_cost_flow

TIE_BITS = 22
"""A score is shifted by this much; what is below belongs to the tie-break and can never outweigh one unit of score."""

IntMatrix = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Assignment:
    """mentor_of: for each mentee the mentor's row, -1 = unmatched. `bound` is a proven upper bound of `value`, both in score units.

    prices: for each mentor what one more seat would add to the total, in score units.
    """

    mentor_of: NDArray[np.int64]
    value: int
    bound: int
    floor: int
    coverage: int
    prices: NDArray[np.float64]


class SolverRefused(RuntimeError):
    """The solver ended in a state other than optimal; the message holds the state."""


def tie_break(mentee_ids: list[str], mentor_ids: list[str], salt: str) -> IntMatrix:
    """A reproducible number a pair, small enough that all of them together stay below one unit of score."""
    bits = TIE_BITS - max(1, len(mentee_ids)).bit_length()
    if bits < 1:
        raise SolverRefused(f"{len(mentee_ids)} mentees are too many for the dense solver.")

    def draws(ids: list[str], side: str) -> NDArray[np.uint64]:
        return np.array(
            [
                int.from_bytes(hashlib.blake2b(f"{salt}|{side}|{i}".encode(), digest_size=8).digest(), "big")
                for i in ids
            ],
            dtype=np.uint64,
        )

    left, right = draws(mentee_ids, "mentee")[:, None], draws(mentor_ids, "mentor")[None, :]
    mixed = (left ^ right) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(64 - bits)).astype(np.int64)


def greatest_coverage(feasible: Mask, capacity: NDArray[np.int64]) -> int:
    """How many mentees can be matched at all (a maximum flow)."""
    mentees, mentors = feasible.shape
    if mentees == 0 or mentors == 0 or not feasible.any():
        return 0
    rows, columns = np.nonzero(feasible)
    source, sink = mentees + mentors, mentees + mentors + 1
    flow = max_flow.SimpleMaxFlow()
    tails = np.concatenate([np.full(mentees, source), rows, mentees + np.arange(mentors)])
    heads = np.concatenate([np.arange(mentees), mentees + columns, np.full(mentors, sink)])
    capacities = np.concatenate([np.ones(mentees, dtype=np.int64), np.ones(rows.size, dtype=np.int64), capacity])
    flow.add_arcs_with_capacity(tails, heads, capacities)
    status = flow.solve(source, sink)
    if status != flow.OPTIMAL:
        raise SolverRefused(f"Maximum flow ended with status {status}.")
    return int(flow.optimal_flow())


def greatest_floor(scores: IntMatrix, feasible: Mask, capacity: NDArray[np.int64], coverage: int) -> int:
    """The greatest worst score that still lets `coverage` mentees be matched (binary search over the scores)."""
    candidates = np.unique(scores[feasible]) if coverage else np.zeros(1, dtype=np.int64)
    low, high = 0, candidates.size - 1
    while low < high:
        middle = (low + high + 1) // 2
        if greatest_coverage(feasible & (scores >= candidates[middle]), capacity) == coverage:
            low = middle
        else:
            high = middle - 1
    return int(candidates[low])


def assign(
    scores: IntMatrix,
    feasible: Mask,
    capacity: NDArray[np.int64],
    ties: IntMatrix,
    *,
    use_floor: bool = True,
) -> Assignment:
    """The optimal assignment of mentees to seats. Matrices are (mentees, mentors), scores in integer units."""
    mentees, mentors = scores.shape
    coverage = greatest_coverage(feasible, capacity)
    if coverage == 0:
        nobody = np.full(mentees, -1, dtype=np.int64)
        return Assignment(nobody, 0, 0, 0, 0, np.zeros(mentors))
    floor = greatest_floor(scores, feasible, capacity, coverage) if use_floor else 0
    allowed = feasible & (scores >= floor) if use_floor else feasible
    gain = (scores << TIE_BITS) + ties
    mentor_of = _cheapest_flow(gain, allowed, capacity, coverage)
    prices, bound = _dual_prices(gain, allowed, capacity, mentor_of)
    matched = mentor_of >= 0
    value = int(scores[np.nonzero(matched)[0], mentor_of[matched]].sum())
    return Assignment(mentor_of, value, bound >> TIE_BITS, floor, coverage, prices / float(1 << TIE_BITS))


def _cheapest_flow(gain: IntMatrix, allowed: Mask, capacity: NDArray[np.int64], coverage: int) -> NDArray[np.int64]:
    mentees, mentors = gain.shape
    rows, columns = np.nonzero(allowed)
    unmatched, sink = mentees + mentors, mentees + mentors + 1
    ones = np.ones(mentees, dtype=np.int64)
    flow = min_cost_flow.SimpleMinCostFlow()
    pair_arcs = flow.add_arcs_with_capacity_and_unit_cost(
        rows, mentees + columns, np.ones(rows.size, dtype=np.int64), -gain[rows, columns]
    )
    flow.add_arcs_with_capacity_and_unit_cost(np.arange(mentees), np.full(mentees, unmatched), ones, 0 * ones)
    seats = np.arange(mentors)
    flow.add_arcs_with_capacity_and_unit_cost(mentees + seats, np.full(mentors, sink), capacity, 0 * seats)
    flow.add_arc_with_capacity_and_unit_cost(unmatched, sink, mentees - coverage, 0)
    flow.set_nodes_supplies(np.append(np.arange(mentees), sink), np.append(ones, -mentees))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise SolverRefused(f"Min-cost flow ended with status {status}.")
    used = flow.flows(pair_arcs) > 0
    mentor_of = np.full(mentees, -1, dtype=np.int64)
    mentor_of[rows[used]] = columns[used]
    return mentor_of


def _dual_prices(
    gain: IntMatrix, allowed: Mask, capacity: NDArray[np.int64], mentor_of: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int]:
    """Seat prices and the upper bound that they prove, by Bellman-Ford on the residual network of the solution.

    The bound uses nothing of how the solution was found: for any prices p >= 0 and any w >= 0,
    value <= sum_j cap_j p_j + (matched) w' + sum_i max_j (gain_ij - p_j) over allowed pairs (weak duality).
    Raises SolverRefused on a negative cycle, that is where the solution isn't optimal.
    """
    mentees, mentors = gain.shape
    far = np.int64(1) << 61
    cost = np.where(allowed, -gain, far)
    matched = mentor_of >= 0
    seat = mentor_of[matched]
    load = np.bincount(seat, minlength=mentors)
    at_mentee = np.zeros(mentees, dtype=np.int64)
    at_mentor = np.zeros(mentors, dtype=np.int64)
    at_unmatched = at_sink = 0
    for _ in range(mentees + mentors + 3):
        before = (at_mentee.copy(), at_mentor.copy(), at_unmatched, at_sink)
        at_mentor = np.minimum(at_mentor, (at_mentee[:, None] + cost).min(axis=0, initial=far))
        at_mentee[matched] = np.minimum(at_mentee[matched], at_mentor[seat] - cost[matched, seat])
        at_unmatched = min(at_unmatched, int(at_mentee.min()))
        at_mentee[~matched] = np.minimum(at_mentee[~matched], at_unmatched)
        free = load < capacity
        if free.any():
            at_sink = min(at_sink, int(at_mentor[free].min()))
        at_mentor[load > 0] = np.minimum(at_mentor[load > 0], at_sink)
        if (~matched).any():
            at_unmatched = min(at_unmatched, at_sink)
        if (
            np.array_equal(before[0], at_mentee)
            and np.array_equal(before[1], at_mentor)
            and before[2:] == (at_unmatched, at_sink)
        ):
            break
    else:
        raise SolverRefused("The residual network has a negative cycle: the assignment isn't optimal.")
    prices = np.maximum(at_sink - at_mentor, 0)
    stay_price = max(at_sink - at_unmatched, 0)
    surplus = np.where(allowed, gain - prices[None, :], -far).max(axis=1, initial=-far)
    left_out = int((~matched).sum())
    bound = int((capacity * prices).sum()) + left_out * stay_price + int(np.maximum(surplus, -stay_price).sum())
    return prices, bound
