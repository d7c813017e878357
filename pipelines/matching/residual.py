"""The residual network of an optimum: what forcing one pair would cost and whom it would move, and what one more seat would add.

Forcing a pair closes a cycle: the mentee takes the seat, whoever held it moves on, until the seat that the mentee left is filled (or a
seat is free, or somebody stays unmatched). The cheapest such cycle is the exact loss of the total (Ahuja, Magnanti & Orlin 1993, ch. 9).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from pipelines.matching.affinity import SCALE
from pipelines.matching.assignment import TIE_BITS
from pipelines.matching.eligibility import IntArray
from pipelines.matching.solved import Solved

UNIT = float(SCALE << TIE_BITS)
FIRST_REACH = 0.03
"""Score points up to which detours are looked for at first; dearer ones are only looked for where they are asked for."""


ENDS_AT_ONCE = 64
"""Searches that are asked for in one call: its checks take longer than a short search."""


@dataclass(frozen=True)
class Detours:
    """One answer a question. cost: loss of the total in score points (inf = impossible, nan = dearer than was looked for).

    displaced: the mentee who'd leave the seat, -1 = a free seat. displaced_to: the mentor that mentee would move to, -1 = none.
    """

    cost: NDArray[np.float64]
    displaced: IntArray
    displaced_to: IntArray


class Residual:
    """The residual network between mentors (and pools, the sink, those who may stay alone), with each mentee as a way from one to another.

    Its arcs are reversed, so that one search from a node gives the cheapest way from everywhere to it. Node k is the engine's node mentees + k.
    """

    def __init__(self, solved: Solved) -> None:
        self.solved = solved
        self.mentees, self.mentors = solved.problem.mentees.height, solved.problem.mentors.height
        self.nodes = solved.optimum.arcs.supplies.size - self.mentees
        arcs = _without_mentees(*_residual_arcs(solved), self.mentees)
        code = arcs.heads * self.nodes + arcs.tails
        order = np.lexsort((arcs.through, arcs.costs, code))
        order = order[np.concatenate([[True], np.diff(code[order]) > 0])[: order.size]]
        self.codes, self.through = code[order], arcs.through[order]
        starts = np.searchsorted(self.codes, np.arange(self.nodes + 1) * self.nodes)
        shape = (self.nodes, self.nodes)
        self.reversed = csr_array((arcs.costs[order].astype(np.float64), arcs.tails[order], starts), shape=shape)
        self._note_exits()

    def _note_exits(self) -> None:
        """What each mentee can give up for another mentor: a mentor whom they have, or an open wish; and what giving it up adds to a way that ends there."""
        solved, found = self.solved, self.solved.optimum
        leaves = (found.arcs.tails < self.mentees) & (found.arc_flows > 0)
        left_by = np.concatenate([solved.edges.rows[found.used], found.arcs.tails[leaves]])
        left = np.concatenate([solved.edges.columns[found.used] + self.mentees, found.arcs.heads[leaves]])
        closing = np.concatenate([solved.gains[found.used], np.zeros(int(leaves.sum()), dtype=np.int64)])
        closing = closing + found.distance[left] - found.distance[left_by]
        order = np.argsort(left_by, kind="stable")
        self.exits, self.closing = left[order] - self.mentees, closing[order].astype(np.float64)
        self.exit_starts = np.searchsorted(left_by[order], np.arange(self.mentees + 1))

    def has_exit(self, mentee: int) -> bool:
        """Whether the mentee has a mentor, or an open wish, to give up for another."""
        return bool(self.exit_starts[mentee + 1] > self.exit_starts[mentee])

    def own_costs(self, mentees: IntArray, mentors: IntArray, scores: IntArray) -> NDArray[np.float64]:
        """What each pair is worth less than its mentee and its seat, in points: a lower bound of what forcing it costs."""
        optimum = self.solved.optimum
        gains = self.solved.gains_of(mentees, mentors, scores)
        own: NDArray[np.float64] = (optimum.worth[mentees] + optimum.price[mentors] - gains) / UNIT
        return own

    def detours(self, mentees: IntArray, mentors: IntArray, scores: IntArray, *, reach: float = np.inf) -> Detours:
        """What it would cost to give each mentee that mentor: the cheapest of the mentors, or open wishes, that they would give up for it.

        reach: points beyond the pair's own cost up to which is looked.
        """
        count = self.exit_starts[mentees + 1] - self.exit_starts[mentees]
        question = np.repeat(np.arange(mentees.size), count)
        first = np.repeat(self.exit_starts[mentees] - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
        exit_at = first + np.arange(question.size)
        ends = self.exits[exit_at]
        way = np.full(mentees.size, np.inf)
        displaced, moved_to = np.full((2, mentees.size), -1, dtype=np.int64)
        order = np.argsort(ends, kind="stable")
        distinct, starts = np.unique(ends[order], return_index=True)
        bounds = np.append(starts, ends.size)
        limit = reach * UNIT if reach < np.inf else np.inf
        near = self._within(limit)
        for first_end in range(0, distinct.size, ENDS_AT_ONCE):
            some = distinct[first_end : first_end + ENDS_AT_ONCE]
            distances, followings = dijkstra(near, indices=some, return_predecessors=True, limit=limit)
            for at, end in enumerate(some.tolist(), start=first_end):
                here = order[bounds[at] : bounds[at + 1]]
                asked = question[here]
                length = distances[at - first_end][mentors[asked]] + self.closing[exit_at[here]]
                better = length < way[asked]
                asked = asked[better]
                way[asked] = length[better]
                displaced[asked], moved_to[asked] = self._moved(
                    mentees[asked], mentors[asked], end, followings[at - first_end]
                )
        if reach < np.inf:  # another exit, not reached, could be cheaper than what lies beyond
            way[way > reach * UNIT] = np.nan
        cost = self.own_costs(mentees, mentors, scores) + way / UNIT
        return Detours(cost, displaced, moved_to)

    def _within(self, limit: float) -> csr_array:
        """The arcs that a search up to a limit can take."""
        arcs = self.reversed
        if limit == np.inf:
            return arcs
        kept = arcs.data <= limit
        starts = np.concatenate([[0], np.cumsum(kept)])[arcs.indptr]
        return csr_array((arcs.data[kept], arcs.indices[kept], starts), shape=arcs.shape)

    def _moved(self, mentees: IntArray, mentors: IntArray, end: int, following: IntArray) -> tuple[IntArray, IntArray]:
        """Along each way from a mentor to `end`: the first other mentee, and the mentor whom they'd have then. A way to a free seat displaces nobody."""
        node, walking = mentors.copy(), mentors != end
        displaced, moved_to = np.full((2, node.size), -1, dtype=np.int64)
        while walking.any():
            at = np.nonzero(walking)[0]
            onward = following[node[at]].astype(np.int64)
            through = self.through[np.searchsorted(self.codes, onward * self.nodes + node[at])]
            moves = (through >= 0) & (through != mentees[at])
            displaced[at[moves]] = through[moves]
            moved_to[at[moves]] = np.where(onward[moves] < self.mentors, onward[moves], -1)
            node[at] = onward
            walking[at] = ~moves & (onward != end) & (onward < self.mentors)
        return displaced, moved_to


@dataclass(frozen=True)
class _Arcs:
    """Residual arcs between nodes that aren't mentees; through: the mentee who would move, -1 = nobody."""

    tails: IntArray
    heads: IntArray
    costs: IntArray
    through: IntArray


def _residual_arcs(solved: Solved) -> tuple[IntArray, IntArray, IntArray]:
    """Tails, heads and reduced costs of the residual network of an optimum, by the engine's nodes."""
    found, edges = solved.optimum, solved.edges
    mentees = solved.problem.mentees.height
    kept = edges.scores >= found.least[edges.rows]
    used, free = found.used & kept, kept & ~found.used
    arcs, flows = found.arcs, found.arc_flows
    opened, taken = flows < arcs.capacities, flows > 0
    tails = np.concatenate([edges.rows[free], edges.columns[used] + mentees, arcs.tails[opened], arcs.heads[taken]])
    heads = np.concatenate([edges.columns[free] + mentees, edges.rows[used], arcs.heads[opened], arcs.tails[taken]])
    costs = np.zeros(tails.size, dtype=np.int64)
    pairs = int(free.sum()) + int(used.sum())
    costs[:pairs] = np.concatenate([-solved.gains[free], solved.gains[used]])
    return tails, heads, costs + found.distance[tails] - found.distance[heads]


def _without_mentees(tails: IntArray, heads: IntArray, costs: IntArray, mentees: int) -> _Arcs:
    """Each way into a mentee joined with each way out of them. Searches then pass over a sixth of the nodes."""
    inward, outward = np.nonzero(heads < mentees)[0], np.nonzero(tails < mentees)[0]
    inward = inward[np.argsort(heads[inward], kind="stable")]
    starts = np.searchsorted(heads[inward], np.arange(mentees + 1))
    mentee = tails[outward]
    count = starts[mentee + 1] - starts[mentee]
    out = np.repeat(outward, count)
    first = np.repeat(starts[mentee] - np.concatenate([[0], np.cumsum(count)])[:-1], count)
    into = inward[first + np.arange(out.size)]
    direct = np.nonzero((heads >= mentees) & (tails >= mentees))[0]
    joined = _Arcs(
        np.concatenate([tails[into], tails[direct]]) - mentees,
        np.concatenate([heads[out], heads[direct]]) - mentees,
        np.concatenate([costs[into] + costs[out], costs[direct]]),
        np.concatenate([tails[out], np.full(direct.size, -1, dtype=np.int64)]),
    )
    moves = joined.tails != joined.heads
    return _Arcs(joined.tails[moves], joined.heads[moves], joined.costs[moves], joined.through[moves])


def seat_prices(solved: Solved) -> NDArray[np.float64]:
    """What one more seat of each mentor would add to the total, in points, (mentors,); 0 for ways of matching that have no one optimum.

    A seat's dual price is one of many where seats are just enough. The true change is the cheapest way that one more unit can take: first one that
    matches somebody who is unmatched, then one that fills a further wish, then any.
    """
    mentors = solved.problem.mentors.height
    if not solved.policy.by_one_flow or not solved.edges.size:
        return np.zeros(mentors)
    ways = _NewSeats(Residual(solved))
    gain = np.full(mentors, np.nan)
    arcs = solved.optimum.arcs
    for through in (arcs.alone, arcs.partly, None) if solved.policy.order == "coverage" else (None,):
        gain = np.where(np.isnan(gain), ways.gains(through), gain)
    prices: NDArray[np.float64] = np.maximum(np.nan_to_num(gain), 0) / UNIT
    return prices


class _NewSeats:
    """Cycles through a new seat: from where it leads (its pool, or the sink) back to its mentor. Nodes as in `Residual`."""

    def __init__(self, residual: Residual) -> None:
        self.forward = residual.reversed.T.tocsr()
        found = self.found = residual.solved.optimum
        arcs, self.first = found.arcs, residual.mentees
        self.distance = found.distance[self.first :]
        self.seats = np.arange(residual.mentors)
        ends = np.full(arcs.supplies.size, arcs.sink)
        ends[arcs.tails] = arcs.heads
        self.ends = ends[self.first :][self.seats] - self.first

    def gains(self, through: int | None) -> NDArray[np.float64]:
        """What the cheapest cycle of each new seat adds, in tie units; nan = there is none. through: the engine's node whose flow to the sink one unit must give back."""
        gain = np.full(self.seats.size, np.nan)
        for end in np.unique(self.ends).tolist():
            here = self.ends == end
            ways = self._lengths(end, through)[self.seats[here]]
            closing = float(self.distance[end]) - self.distance[self.seats[here]]
            gain[here] = np.where(np.isfinite(ways), closing - ways, np.nan)
        return gain

    def _lengths(self, end: int, through: int | None) -> NDArray[np.float64]:
        """Reduced length of the cheapest way from `end` to every node."""
        direct: NDArray[np.float64] = dijkstra(self.forward, indices=end)
        if through is None:
            return direct
        arcs = self.found.arcs
        gives_back = (arcs.tails == through) & (arcs.heads == arcs.sink) & (self.found.arc_flows > 0)
        if not gives_back.any():
            return np.full(direct.size, np.inf)
        sink, through = arcs.sink - self.first, through - self.first
        onward: NDArray[np.float64] = dijkstra(self.forward, indices=through)
        return direct[sink] + float(self.distance[sink] - self.distance[through]) + onward
