"""One figure that must hold, over many runs with a known truth: what is drawn, between which bars its mean must lie, and how sure that is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FIRST_SEED = 70_000
"""Seeds from here on chose nothing: no form of an interval, no threshold of the policy."""

Values = NDArray[np.float64]
Drawn = Callable[[range], Values]


@dataclass(frozen=True)
class Claim:
    """name: begins with what it belongs to. drawn: values of the runs with these seeds, shape (seeds, ) or as many as they yield; nan where a run says nothing that counts.

    low, high: bars of their mean. cost: by which the number of runs is divided. is_short: cheap enough for the tests.
    """

    name: str
    drawn: Drawn
    high: float
    low: float = 0.0
    cost: float = 1.0
    is_short: bool = True


@dataclass(frozen=True)
class Figure:
    """values: those that count, shape (n,)."""

    claim: Claim
    values: Values

    @property
    def mean(self) -> float:
        """What is judged; nan where nothing counted."""
        return float(self.values.mean()) if self.values.size else float("nan")

    @property
    def error(self) -> float:
        """Monte-Carlo error of the mean."""
        return float(self.values.std() / np.sqrt(max(self.values.size, 1)))

    def is_held(self, errors: float = 0.0) -> bool:
        """Whether the mean is within its bars, each widened by so many Monte-Carlo errors."""
        return (
            self.claim.low - errors * self._at(self.claim.low)
            <= self.mean
            <= self.claim.high + errors * self._at(self.claim.high)
        )

    def _at(self, bar: float) -> float:
        """The error of a mean that lies at its bar: binomial where values are yes or no."""
        if np.isin(self.values, (0.0, 1.0)).all():
            return float(np.sqrt(max(bar * (1 - bar), 0.0) / max(self.values.size, 1)))
        return self.error


def each(happens: Callable[[int], float | None]) -> Drawn:
    """Runs one by one; None: the run says nothing that counts."""

    def drawn(seeds: range) -> Values:
        values = [happens(seed) for seed in seeds]
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    return drawn


def measured(runs: int, claims: Sequence[Claim]) -> Iterator[Figure]:
    """Each claim over so many runs, the dear ones over fewer, the cheap ones over more."""
    for claim in claims:
        values = claim.drawn(range(FIRST_SEED, FIRST_SEED + max(round(runs / claim.cost), 1)))
        yield Figure(claim, values[~np.isnan(values)])
