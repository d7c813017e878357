"""The residual network of an optimum: what forcing one pair would cost and whom it would move, and what one more seat would add.

Forcing a pair closes a cycle: the mentee takes the seat, whoever held it moves on, until the seat that the mentee left is filled (or a
seat is free, or somebody stays unmatched). The cheapest such cycle is the exact loss of the total (Ahuja, Magnanti & Orlin 1993, ch. 9).
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from pipelines.matching.affinity import SCALE
from pipelines.matching.assignment import TIE_BITS
from pipelines.matching.eligibility import IntArray
from pipelines.matching.engine import Solved

Search = tuple[NDArray[np.float64], IntArray]
UNIT = float(SCALE << TIE_BITS)


@dataclass(frozen=True)
class Detour:
    """cost: loss of the total in score points (inf = impossible). displaced: the mentee who'd leave the seat, -1 = a free seat.

    displaced_to: the mentor that mentee would move to, -1 = none.
    """

    cost: float
    displaced: int
    displaced_to: int


class Residual:
    """The residual network with reversed arcs, so that one search from a node gives the cheapest way from everywhere to it."""

    def __init__(self, solved: Solved) -> None:
        self.solved = solved
        found = solved.optimum
        self.mentees, self.mentors = solved.problem.mentees.height, solved.problem.mentors.height
        edges = solved.edges
        kept = edges.scores >= found.least[edges.rows]
        used = found.used & kept
        free = kept & ~found.used
        arcs, flows = found.arcs, found.arc_flows
        opened, taken = flows < arcs.capacities, flows > 0
        tails = np.concatenate(
            [edges.rows[free], edges.columns[used] + self.mentees, arcs.tails[opened], arcs.heads[taken]]
        )
        heads = np.concatenate(
            [edges.columns[free] + self.mentees, edges.rows[used], arcs.heads[opened], arcs.tails[taken]]
        )
        costs = np.zeros(tails.size, dtype=np.int64)
        pairs = int(free.sum()) + int(used.sum())
        costs[:pairs] = np.concatenate([-solved.gains[free], solved.gains[used]])
        reduced = costs + found.distance[tails] - found.distance[heads]
        nodes = arcs.supplies.size
        order = np.argsort(heads, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(heads, minlength=nodes))])
        self.reversed = csr_array((reduced[order].astype(np.float64), tails[order], starts), shape=(nodes, nodes))
        leaves = (arcs.tails < self.mentees) & (flows > 0)
        left_by = np.concatenate([edges.rows[used], arcs.tails[leaves]])
        left = np.concatenate([edges.columns[used] + self.mentees, arcs.heads[leaves]])
        closing = np.concatenate([solved.gains[used], np.zeros(int(leaves.sum()), dtype=np.int64)])
        closing = closing + found.distance[left] - found.distance[left_by]
        self.exits: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for mentee, node, cost in zip(left_by.tolist(), left.tolist(), closing.tolist(), strict=True):
            self.exits[mentee].append((node, cost))
        self.searches: dict[int, Search] = {}

    def search(self, target: int) -> Search:
        """Distance from every node to the target (reduced, in tie units), and each node's next node on the way; kept for the next question."""
        if target not in self.searches:
            distance, following = dijkstra(self.reversed, indices=target, return_predecessors=True)
            self.searches[target] = (distance, following)
        return self.searches[target]

    def detour(self, mentee: int, mentor: int, score: int) -> Detour:
        """What it would cost to give a mentee that mentor: the cheapest of the mentors, or open wishes, that they would give up for it."""
        optimum = self.solved.optimum
        start = self.mentees + mentor
        gain = self.solved.gains_of(mentee, mentor, score)
        own = int(optimum.worth[mentee]) + int(optimum.price[mentor]) - gain
        ways = [(float(self.search(node)[0][start]) + closing, node) for node, closing in self.exits[mentee]]
        cheapest, target = min(ways, default=(float("inf"), -1))
        if not np.isfinite(cheapest):
            return Detour(float("inf"), -1, -1)
        following = self.search(target)[1]
        node, displaced, moved_to = start, -1, -1
        while node != target:
            node = int(following[node])
            if node < self.mentees and displaced < 0 and node != mentee:
                displaced = node
                after = int(following[node]) if node != target else -1
                moved_to = after - self.mentees if self.mentees <= after < self.mentees + self.mentors else -1
            if displaced < 0 and node >= self.mentees + self.mentors:
                break
        return Detour((own + cheapest) / UNIT, displaced, moved_to)


def seat_prices(solved: Solved) -> NDArray[np.float64]:
    """What one more seat of each mentor would add to the total, in points, (mentors,); 0 for ways of matching that have no one optimum.

    A seat's dual price is one of many where seats are just enough. The true change is the cheapest way that one more unit can take: first one that
    matches somebody who is unmatched, then one that fills a further wish, then any.
    """
    mentors = solved.problem.mentors.height
    if solved.policy.mode != "optimal" or solved.policy.minimum != "always" or not solved.edges.size:
        return np.zeros(mentors)
    ways = _NewSeats(Residual(solved))
    gain = np.full(mentors, np.nan)
    for through in (solved.optimum.arcs.alone, solved.optimum.arcs.partly, None):
        gain = np.where(np.isnan(gain), ways.gains(through), gain)
    prices: NDArray[np.float64] = np.maximum(np.nan_to_num(gain), 0) / UNIT
    return prices


class _NewSeats:
    """Cycles through a new seat: from where it leads (its pool, or the sink) back to its mentor."""

    def __init__(self, residual: Residual) -> None:
        self.forward = residual.reversed.T.tocsr()
        self.found = residual.solved.optimum
        self.seats = np.arange(residual.mentees, residual.mentees + residual.mentors)
        arcs = self.found.arcs
        ends = np.full(arcs.supplies.size, arcs.sink)
        ends[arcs.tails] = arcs.heads
        self.ends = ends[self.seats]

    def gains(self, through: int | None) -> NDArray[np.float64]:
        """What the cheapest cycle of each new seat adds, in tie units; nan = there is none. through: a node whose flow to the sink one unit must give back."""
        potential, gain = self.found.distance, np.full(self.seats.size, np.nan)
        for end in np.unique(self.ends).tolist():
            here = self.ends == end
            ways = self._lengths(end, through)[self.seats[here]]
            closing = float(potential[end]) - potential[self.seats[here]]
            gain[here] = np.where(np.isfinite(ways), closing - ways, np.nan)
        return gain

    def _lengths(self, end: int, through: int | None) -> NDArray[np.float64]:
        """Reduced length of the cheapest way from `end` to every node."""
        direct: NDArray[np.float64] = dijkstra(self.forward, indices=end)
        if through is None:
            return direct
        arcs, distance = self.found.arcs, self.found.distance
        gives_back = (arcs.tails == through) & (arcs.heads == arcs.sink) & (self.found.arc_flows > 0)
        if not gives_back.any():
            return np.full(direct.size, np.inf)
        onward: NDArray[np.float64] = dijkstra(self.forward, indices=through)
        return direct[arcs.sink] + float(distance[arcs.sink] - distance[through]) + onward
