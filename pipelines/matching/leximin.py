"""The worst score as good as can be, then the next worst, and so on to the best (leximin), exactly.

Level by level: what is left must do without the levels between as far as it can, then as few pairs as possible are made at the next level. The prices of that flow tell
every pair that no such optimum has, and every pair that all of them have (complementary slackness); the first leave the network, the others are fixed in it, so that any flow
of what remains is as good up to that level. Reference: Ahuja, Magnanti & Orlin, Network Flows (1993), chapter 9.
"""

from dataclasses import replace

import numpy as np

from pipelines.matching.candidates import Edges
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.network import Arcs, cheapest_flow, flow_possible, potentials


def leximin(edges: Edges, gains: IntArray, arcs: Arcs, mentees: int) -> Mask:
    """Which edges are pairs; of equals those of greatest gain (tie units)."""
    face = _Face(edges, arcs, mentees)
    while face.next_level():
        face.keep_cheapest()
    return face.best(gains)


class _Face:
    """The network of all assignments that are as good as can be up to the level `done`."""

    def __init__(self, edges: Edges, arcs: Arcs, mentees: int) -> None:
        self.edges, self.arcs, self.mentees = edges, arcs, mentees
        self.kept = np.ones(edges.size, dtype=bool)
        self.fixed = np.zeros(edges.size, dtype=bool)
        self.done = self.level = -1

    def next_level(self) -> bool:
        """Drop the levels that can be done without, and stop at the first that can't; False where nothing is left to decide."""
        higher = self.kept & (self.edges.scores > self.done)
        levels = np.unique(self.edges.scores[higher])
        if not levels.size or self._possible_from(int(levels[-1]) + 1):
            self.kept &= ~higher
            return False
        low, high, step = 0, levels.size - 1, 1
        while low < high:
            middle = min(low + step, high)
            if self._possible_from(int(levels[middle])):
                low, step = middle, 2 * step
            else:
                high, step = middle - 1, max(1, (middle - 1 - low) // 2)
        self.level = int(levels[low])
        self.kept &= ~(higher & (self.edges.scores < self.level))
        return True

    def _possible_from(self, level: int) -> bool:
        scores = self.edges.scores
        return flow_possible(
            self.edges.where(self.kept & ((scores <= self.done) | (scores >= level))), self.arcs, self.mentees
        )

    def keep_cheapest(self) -> None:
        """Leave only the assignments with as few pairs at the level as can be."""
        edges, at = self.edges.where(self.kept), np.nonzero(self.kept)[0]
        costs = (edges.scores == self.level).astype(np.int64)
        flow = cheapest_flow(edges, -costs, self.arcs, self.mentees)
        distance = potentials(edges, -costs, self.arcs, flow, self.mentees)
        heads = edges.columns + self.mentees
        reduced = costs + distance[edges.rows] - distance[heads]
        always = reduced < 0
        self.kept[at[reduced != 0]] = False
        self.fixed[at[always]] = True
        self._shift(edges.rows[always], heads[always], 1)
        arcs = self.arcs
        slack = distance[arcs.tails] - distance[arcs.heads]
        full = slack < 0
        self._shift(arcs.tails[full], arcs.heads[full], arcs.capacities[full])
        self.arcs = replace(self.arcs, capacities=np.where(slack == 0, arcs.capacities, 0))
        self.done = self.level

    def _shift(self, tails: IntArray, heads: IntArray, flow: IntArray | int) -> None:
        """Take a fixed flow out of the network: its tails have it no more to give, its heads to take."""
        supplies = self.arcs.supplies.copy()
        np.subtract.at(supplies, tails, flow)
        np.add.at(supplies, heads, flow)
        self.arcs = replace(self.arcs, supplies=supplies)

    def best(self, gains: IntArray) -> Mask:
        """The assignment of greatest gain among those that are left."""
        used = self.fixed.copy()
        if self.arcs.supplies.any():
            flow = cheapest_flow(self.edges.where(self.kept), gains[self.kept], self.arcs, self.mentees)
            used[np.nonzero(self.kept)[0][flow.used]] = True
        return used
