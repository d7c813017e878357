"""Which hashes came before, in 8 bytes each."""

import numpy as np


class SeenHashes:
    """Hashes of 64 bits in sorted runs, each at least twice as long as the next: 8 bytes a hash, and every hash is merged only log n times."""

    def __init__(self) -> None:
        self._runs: list[np.ndarray] = []

    def hold(self, hashes: np.ndarray) -> np.ndarray:
        """Which of `hashes`, uint64 of shape (n,), were added before: bool of shape (n,)."""
        found = np.zeros(hashes.size, dtype=bool)
        for run in self._runs:
            found |= run[np.minimum(np.searchsorted(run, hashes), run.size - 1)] == hashes
        return found

    def add(self, hashes: np.ndarray) -> None:
        """Remember `hashes`, uint64 of shape (n,)."""
        if hashes.size:
            self._runs.append(np.sort(hashes))
        while len(self._runs) > 1 and self._runs[-2].size < 2 * self._runs[-1].size:
            merged = np.concatenate([self._runs.pop(), self._runs.pop()])
            merged.sort(kind="stable")
            self._runs.append(merged)
