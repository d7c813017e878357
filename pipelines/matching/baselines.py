"""What a programme would get without an optimiser, on the same input."""

import numpy as np

from pipelines.matching.assignment import TieBreak
from pipelines.matching.candidates import Edges
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.network import Seats


def greedy(edges: Edges, seats: Seats, ties: TieBreak) -> Mask:
    """The best remaining pair first, until no feasible pair with a free seat is left."""
    return _fill(edges, seats, np.lexsort((-ties.of(edges.rows, edges.columns), -edges.scores)))


def first_come(edges: Edges, seats: Seats, submitted_rank: IntArray) -> Mask:
    """Mentees in the order of their applications, each taking the best mentors with a free seat."""
    return _fill(edges, seats, np.lexsort((edges.columns, -edges.scores, submitted_rank[edges.rows])))


def at_random(edges: Edges, seats: Seats, ties: TieBreak) -> Mask:
    """Mentees in a drawn order, each taking drawn feasible mentors with a free seat."""
    return _fill(edges, seats, np.lexsort((ties.of(edges.rows, edges.columns), ties.left[edges.rows])))


def _fill(edges: Edges, seats: Seats, order: IntArray) -> Mask:
    free, wanted, in_pool = seats.capacity.tolist(), seats.demand.tolist(), [*seats.pool_capacity.tolist(), 1 << 60]
    pool = seats.pool.tolist()
    used = np.zeros(edges.size, dtype=bool)
    left = int(seats.demand.sum())
    rows, columns = edges.rows[order].tolist(), edges.columns[order].tolist()
    for at, row, column in zip(order.tolist(), rows, columns, strict=True):
        if wanted[row] and free[column] > 0 and in_pool[pool[column]] > 0:
            used[at] = True
            wanted[row] -= 1
            free[column] -= 1
            if pool[column] >= 0:
                in_pool[pool[column]] -= 1
            left -= 1
            if not left:
                break
    return used
