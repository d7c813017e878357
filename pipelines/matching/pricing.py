"""Pairs outside the candidates that may still help, by the prices of the best choice among these; and what the prices leave close to being pairs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.matching.affinity import ScoreModel
from pipelines.matching.assignment import TIE_BITS, Optimum
from pipelines.matching.candidates import Edges, among_sorted, pairs_above
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.feasibility import Feasibility

PRICED_CANDIDATES = 16
KEPT_CANDIDATES = 2
CLOSE = 40_000
"""After the first prices a pair stays or comes in where it misses being worth its mentee and its seat by less than this many units."""


def nearest(edges: Edges, gains: IntArray, optimum: Optimum) -> Edges:
    """The edges that the prices leave close to being pairs, each mentee's closest few whatever they cost, and the pairs themselves.

    Most of the first candidates are far too dear once seats have prices. Whatever is dropped wrongly comes back by pricing, so the proof
    doesn't suffer.
    """
    reduced = optimum.worth[edges.rows] + optimum.price[edges.columns] - gains
    reduced[optimum.used] = np.iinfo(np.int64).min
    order = np.lexsort((reduced, edges.rows))
    rows = edges.rows[order]
    turn = np.empty(edges.size, dtype=np.int64)
    turn[order] = np.arange(edges.size) - np.searchsorted(rows, rows)
    return edges.where((turn < KEPT_CANDIDATES) | (reduced < CLOSE << TIE_BITS))


@dataclass(frozen=True)
class Scan:
    """What a scan of all pairs needs. gains: of edges, in tie units; demand, among: mentors that each mentee wants, and who is looked at; verify: relative gap that may stay."""

    model: ScoreModel
    feasibility: Feasibility
    gains: Callable[[Edges], IntArray]
    tie_bits: int
    demand: IntArray
    among: Mask
    verify: float

    def outside(self, edges: Edges, optimum: Optimum, *, close: int = 0) -> tuple[IntArray, IntArray, int]:
        """Pairs outside the edges that may help, and by how much all of them can at most (tie units).

        close: units by which a pair may miss that and still come in, so that it is there when prices have moved a little.
        """
        unit = float(1 << TIE_BITS)
        worth, price = optimum.worth / unit, optimum.price / unit
        greatest = max(1.0, float(np.abs(worth).max(initial=0)), float(np.abs(price).max(initial=0)))
        margin = 0.5 * max(1.0, greatest / (1 << 20)) + 1.0 / (1 << (TIE_BITS - self.tie_bits))
        limit, among = PRICED_CANDIDATES, self.among
        most = np.zeros(worth.size, dtype=np.int64)
        rows, columns = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        while True:
            found = pairs_above(
                self.model,
                self.feasibility,
                worth - margin - close,
                price,
                least=optimum.least,
                limit=limit,
                among=among,
            )
            excess, new = self._excess(edges, optimum, *found)
            np.maximum.at(most, new[0], excess)
            wanted = excess > -(close << TIE_BITS)
            rows.append(new[0][wanted])
            columns.append(new[1][wanted])
            cut = np.bincount(found[0], minlength=worth.size) >= limit
            cut[most > 0] = False
            # Where the list was cut, what was cut can exceed what was kept by no more than the rounding; look again only if that matters.
            rounding = int(margin * unit) * int(self.demand[cut].sum())
            slack = int((most * self.demand).sum()) + rounding
            again = close and most.any()  # these come in and prices move, so nothing has to be proven yet
            if again or not cut.any() or slack <= self.verify * optimum.gain or limit >= self.model.mentors:
                most[cut] += int(margin * unit) * (limit < self.model.mentors)
                return np.concatenate(rows), np.concatenate(columns), int((most * self.demand).sum())
            limit, among, close = 8 * limit, cut, 0

    def _excess(
        self, edges: Edges, optimum: Optimum, rows: IntArray, columns: IntArray
    ) -> tuple[IntArray, tuple[IntArray, IntArray]]:
        """Of those pairs that aren't edges yet: by how much each is worth more than its mentee and its seat, in tie units."""
        width = max(self.model.mentors, 1)
        new = ~among_sorted(rows * width + columns, edges.rows * width + edges.columns)
        rows, columns = rows[new], columns[new]
        outside = Edges(rows, columns, self.model.scores(rows, columns))
        excess = self.gains(outside) - optimum.worth[rows] - optimum.price[columns]
        fits = outside.scores >= optimum.least[rows]
        return excess[fits], (rows[fits], columns[fits])
