"""The pairs that answers about a proposal rest on: more than the solver held, since what would follow from a change may lead through pairs that no optimum needs."""

from dataclasses import dataclass

import numpy as np

from pipelines.matching.affinity import SCALE
from pipelines.matching.assignment import TIE_BITS
from pipelines.matching.candidates import Edges, all_pairs, among_sorted, merged, pairs_above
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.solved import Solved

ALL = 300_000
"""Up to so many feasible pairs answers rest on all of them."""
SCANNED = 30_000_000
"""Up to so many they rest on all that come near to being pairs; beyond, on those that the solver held."""
NEAR = 0.1
"""Score points that such a pair may be worth less than its mentee and its seat; dearer ways are hardly ever among the cheapest."""
MOST = 48
"""Of each mentee at most about so many."""


@dataclass(frozen=True)
class NearPairs:
    """Pairs with their gains, and whether each is one of the proposal's. exact_to: score points up to which what follows from them is exact; dearer ways may lead through pairs that aren't here."""

    edges: Edges
    gains: IntArray
    used: Mask
    exact_to: float = np.inf


def near_pairs(solved: Solved) -> NearPairs:
    """All pairs where they are few, else those near to being pairs."""
    found, feasibility = solved.optimum, solved.feasibility
    if solved.complete or feasibility.pairs > SCANNED:
        return NearPairs(solved.edges, solved.gains, found.used, np.inf if solved.complete else 0.0)
    wants = solved.seats.demand > 0
    if feasibility.pairs <= ALL:
        edges = all_pairs(solved.model, feasibility)
        edges = edges.where(wants[edges.rows])
    else:
        unit = float(1 << TIE_BITS)
        least, price = found.worth / unit - NEAR * SCALE, found.price / unit
        scan = pairs_above(solved.model, feasibility, least, price, least=found.least, limit=MOST, among=wants)
        edges = merged(solved.model, solved.edges, *scan)
    width = max(solved.model.mentors, 1)
    pairs = np.sort(solved.edges.rows[found.used] * width + solved.edges.columns[found.used])
    used = among_sorted(edges.rows * width + edges.columns, pairs)
    exact_to = np.inf if feasibility.pairs <= ALL else NEAR
    return NearPairs(edges, solved.gains_of(edges.rows, edges.columns, edges.scores), used, exact_to)
