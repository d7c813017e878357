"""What a programme would get without an optimiser, on the same input."""

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
Mask = NDArray[np.bool_]


def greedy(scores: IntArray, feasible: Mask, capacity: IntArray, ties: IntArray) -> IntArray:
    """The best remaining pair first, until no feasible pair with a free seat is left."""
    rows, columns = np.nonzero(feasible)
    order = np.lexsort((-ties[rows, columns], -scores[rows, columns]))
    return _fill(rows[order], columns[order], scores.shape[0], capacity)


def first_come(scores: IntArray, feasible: Mask, capacity: IntArray, submitted_rank: IntArray) -> IntArray:
    """Mentees in the order of their applications, each taking the best mentor with a free seat."""
    rows, columns = np.nonzero(feasible)
    order = np.lexsort((columns, -scores[rows, columns], submitted_rank[rows]))
    return _fill(rows[order], columns[order], scores.shape[0], capacity)


def _fill(rows: IntArray, columns: IntArray, mentees: int, capacity: IntArray) -> IntArray:
    free = capacity.copy()
    mentor_of = np.full(mentees, -1, dtype=np.int64)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if mentor_of[row] < 0 and free[column] > 0:
            mentor_of[row] = column
            free[column] -= 1
    return mentor_of
