"""What a reader can work out of hidden counts: lower and upper bounds by propagation through all published sums."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

ROUNDS = 60
TOLERANCE = 1e-6


@dataclass(frozen=True)
class System:
    """`matrix` @ counts = `out`, counts within `low` and `high` before anything is known; `parts_of` holds pairs (count, larger count).

    out: by how little each sum is out, since person-months are rounded. A sum taken as exact that is out by a millionth moves bounds further with every round, until nothing
    that hangs together with it could be shown.
    """

    matrix: sparse.csr_array
    low: np.ndarray
    high: np.ndarray
    parts_of: np.ndarray
    out: np.ndarray

    def of(self, here: np.ndarray) -> "System":
        """The sums and limits of the counts `here` (bool per count), which no sum ties to others."""
        columns = self.matrix[:, np.flatnonzero(here)]
        place = np.cumsum(here) - 1
        mine = self.parts_of[here[self.parts_of[:, 0]]] if self.parts_of.size else self.parts_of
        sums = np.diff(columns.indptr) > 0
        return System(columns[sums], self.low[here], self.high[here], place[mine], self.out[sums])


def bounds(system: System, values: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least and greatest value of each count that agree with the known ones (`values` where `known`)."""
    low = np.where(known, values, system.low)
    high = np.where(known, values, system.high)
    for _ in range(ROUNDS):
        tighter_low, tighter_high = _tightened(system, low, high)
        # The true values agree with every sum. A bound beyond them is an error of the last digit, which the next rounds would multiply.
        new_low, new_high = np.minimum(tighter_low, values), np.maximum(tighter_high, values)
        moved = (new_low > low + TOLERANCE) | (new_high < high - TOLERANCE)
        low, high = np.maximum(low, new_low), np.minimum(high, new_high)
        if not moved.any():
            break
    return low, high


def _tightened(system: System, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    least, most = implied(system, low, high)
    new_low, new_high = low.copy(), high.copy()
    columns = system.matrix.indices
    np.maximum.at(new_low, columns, least)
    np.minimum.at(new_high, columns, most)
    if system.parts_of.size:
        part, whole = system.parts_of.T
        np.minimum.at(new_high, part, high[whole])
        np.maximum.at(new_low, whole, low[part])
    return new_low, new_high


def implied(system: System, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per entry of the system's matrix (in its own order): the bounds that its row and the other counts' bounds leave that count."""
    matrix = system.matrix
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    positive = matrix.data > 0
    least = np.where(positive, low[matrix.indices], -high[matrix.indices])
    most = np.where(positive, high[matrix.indices], -low[matrix.indices])
    rest_least, rest_most = _rest(rows, least, matrix.shape[0]), _rest(rows, most, matrix.shape[0])
    out = system.out[rows]
    return np.where(positive, out - rest_most, rest_least - out), np.where(positive, out - rest_least, rest_most - out)


def _rest(rows: np.ndarray, terms: np.ndarray, count: int) -> np.ndarray:
    """The sum of the other terms of each term's row, where infinite terms are kept apart."""
    endless = np.isinf(terms)
    finite = np.where(endless, 0.0, terms)
    total = np.bincount(rows, finite, count)[rows] - finite
    others_endless = np.bincount(rows, endless, count)[rows] - endless
    sign = np.bincount(rows, np.where(endless, np.sign(np.where(endless, terms, 0.0)), 0.0), count)[rows]
    return np.where(others_endless > 0, np.where(sign >= 0, np.inf, -np.inf), total)
