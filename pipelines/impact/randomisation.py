"""What the draw itself says with few units: how often another draw of the same units would have shown as much."""

from collections.abc import Iterator
from itertools import combinations
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

from pipelines.impact.regression import Vector

MOST_DRAWS = 5_000
_SEED = 20_090_331


def randomisation_p(means: Vector, sizes: Vector, is_treated: NDArray[np.bool_], strata: NDArray[np.generic]) -> float:
    """Two-sided p of no effect on anybody: the share of the draws that were possible which differ at least as much between the arms.

    means: of the outcome (adjusted for what was known before) by unit; sizes: their weights; is_treated, strata: of the units, all of shape (units,).
    All draws are looked at where there are at most 5,000, else as many at random, from a fixed seed. Reference: Fisher (1935), The Design of Experiments.
    """
    observed = abs(_difference(means, sizes, is_treated)) - 1e-12
    draws = list(_draws(is_treated, strata))
    extreme = sum(abs(_difference(means, sizes, draw)) >= observed for draw in draws)
    if _possible(is_treated, strata) <= MOST_DRAWS:
        return extreme / len(draws)
    return (extreme + 1) / (len(draws) + 1)


def _difference(means: Vector, sizes: Vector, is_treated: NDArray[np.bool_]) -> float:
    return float(
        np.average(means[is_treated], weights=sizes[is_treated])
        - np.average(means[~is_treated], weights=sizes[~is_treated])
    )


def _possible(is_treated: NDArray[np.bool_], strata: NDArray[np.generic]) -> int:
    return prod(comb(int((strata == name).sum()), int(is_treated[strata == name].sum())) for name in np.unique(strata))


def _draws(is_treated: NDArray[np.bool_], strata: NDArray[np.generic]) -> Iterator[NDArray[np.bool_]]:
    places = [np.flatnonzero(strata == name) for name in np.unique(strata)]
    wins = [int(is_treated[own].sum()) for own in places]
    if _possible(is_treated, strata) <= MOST_DRAWS:
        yield from _every_draw(is_treated.size, places, wins)
        return
    generator = np.random.default_rng(_SEED)
    for _ in range(MOST_DRAWS):
        draw = np.zeros(is_treated.size, dtype=bool)
        for own, won in zip(places, wins, strict=True):
            draw[generator.choice(own, won, replace=False)] = True
        yield draw


def _every_draw(size: int, places: list[NDArray[np.intp]], wins: list[int]) -> Iterator[NDArray[np.bool_]]:
    if not places:
        yield np.zeros(size, dtype=bool)
        return
    for rest in _every_draw(size, places[1:], wins[1:]):
        for chosen in combinations(places[0], wins[0]):
            draw = rest.copy()
            draw[list(chosen)] = True
            yield draw
