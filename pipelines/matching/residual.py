"""The residual network of an optimum: what forcing one pair would cost and whom it would move.

Forcing a pair closes a cycle: the mentee takes the seat, whoever held it moves on, until the seat that the mentee left is filled (or a
seat is free, or somebody stays unmatched). The cheapest such cycle is the exact loss of the total (Ahuja, Magnanti & Orlin 1993, ch. 9).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from pipelines.matching.affinity import SCALE
from pipelines.matching.assignment import TIE_BITS
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.near_pairs import NearPairs, near_pairs
from pipelines.matching.solved import Solved

UNIT = float(SCALE << TIE_BITS)
Enough = Callable[[NDArray[np.float64]], NDArray[np.float64]]
ENDS_AT_ONCE = 64
"""Searches that are asked for in one call: its checks take longer than a short search."""


@dataclass(frozen=True)
class Detours:
    """One answer a question. cost: loss of the total in score points (inf = impossible, nan = dearer than was asked for).

    displaced: the mentee who'd leave the seat, -1 = a free seat. displaced_to: the mentor that mentee would move to, -1 = none.
    """

    cost: NDArray[np.float64]
    displaced: IntArray
    displaced_to: IntArray


@dataclass(frozen=True)
class _Ways:
    """The shortest way known for each question, whether it passes the sink, whom it moves first and where to; question, exits: each way that a question's mentee can be taken out of."""

    way: NDArray[np.float64]
    over_sink: Mask
    displaced: IntArray
    moved_to: IntArray
    question: IntArray
    exits: IntArray

    def improved_by(self, at: IntArray, way: NDArray[np.float64]) -> IntArray:
        """Keep what is shorter of some ways out, one of each question. Returns which were kept."""
        order = np.lexsort((way, self.question[at]))
        questions = self.question[at[order]]
        first = order[np.concatenate([[True], np.diff(questions) > 0])[: order.size]]
        kept: IntArray = first[way[first] < self.way[self.question[at[first]]]]
        self.way[self.question[at[kept]]] = way[kept]
        self.over_sink[self.question[at[kept]]] = False
        return kept


class Residual:
    """The residual network between mentors (and pools, the sink, those who may stay alone), with each mentee as a way from one to another.

    Its arcs are reversed, so that one search from a node gives the cheapest way from everywhere to it. Node k is the engine's node mentees + k.
    """

    def __init__(self, solved: Solved) -> None:
        self.solved, self.near = solved, near_pairs(solved)
        self.mentees, self.mentors = solved.problem.mentees.height, solved.problem.mentors.height
        self.nodes = solved.optimum.arcs.supplies.size - self.mentees
        arcs = _without_mentees(*_residual_arcs(solved, self.near), self.mentees)
        code = arcs.heads * self.nodes + arcs.tails
        order = np.lexsort((arcs.through, arcs.costs, code))
        order = order[np.concatenate([[True], np.diff(code[order]) > 0])[: order.size]]
        self.codes, self.through = code[order], arcs.through[order]
        starts = np.searchsorted(self.codes, np.arange(self.nodes + 1) * self.nodes)
        shape = (self.nodes, self.nodes)
        self.reversed = csr_array((arcs.costs[order].astype(np.float64), arcs.tails[order], starts), shape=shape)
        self._note_exits()
        self._note_sink()

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

    def _note_sink(self) -> None:
        """Lengths of the ways to and from the sink, and those of all other arcs beyond what the way to the sink takes."""
        self.sink = self.solved.optimum.arcs.sink - self.mentees
        to, self.after = dijkstra(self.reversed, indices=self.sink, return_predecessors=True)
        self.to_sink: NDArray[np.float64] = to
        self.from_sink: NDArray[np.float64] = dijkstra(self.reversed.T.tocsr(), indices=self.sink)
        known = np.isfinite(to)
        self.potential = np.where(known, to, to[known].max(initial=0.0))
        heads = np.repeat(np.arange(self.nodes), np.diff(self.reversed.indptr))
        tails = self.reversed.indices
        self.beyond = self.reversed.data + self.potential[heads] - self.potential[tails]
        self.beyond[(heads == self.sink) | (tails == self.sink)] = np.inf

    def has_exit(self, mentee: int) -> bool:
        """Whether the mentee has a mentor, or an open wish, to give up for another."""
        return bool(self.exit_starts[mentee + 1] > self.exit_starts[mentee])

    def detours(self, mentees: IntArray, mentors: IntArray, scores: IntArray, enough: Enough | None = None) -> Detours:
        """What it would cost to give each mentee that mentor: the cheapest of the mentors, or open wishes, that they would give up for it.

        enough: from costs that aren't exceeded, those beyond which each question's own needs no answer; such a cost is nan.
        """
        found = self._through_the_sink(mentees, mentors)
        own = own_costs(self.solved, mentees, mentors, scores)
        most = np.full(mentees.size, np.inf) if enough is None else enough(own + found.way / UNIT)
        self._shorten(found, mentees, mentors, (most - own) * UNIT)
        cost = own + found.way / UNIT
        cost[cost > most] = np.nan
        over = np.nonzero(found.over_sink & np.isfinite(cost))[0]
        ends, row = np.full(over.size, self.sink), np.zeros(over.size, dtype=np.int64)
        moved = self._moved(mentees[over], mentors[over], ends, self.after[None, :], row)
        found.displaced[over], found.moved_to[over] = moved
        return Detours(cost, found.displaced, found.moved_to)

    def _through_the_sink(self, mentees: IntArray, mentors: IntArray) -> "_Ways":
        """The ways over the sink: most places that are free are filled from there, so that two searches tell most answers, and bound all."""
        count = self.exit_starts[mentees + 1] - self.exit_starts[mentees]
        question = np.repeat(np.arange(mentees.size), count)
        first = np.repeat(self.exit_starts[mentees] - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
        exits = first + np.arange(question.size)
        through = self.to_sink[mentors[question]] + self.from_sink[self.exits[exits]] + self.closing[exits]
        way = np.full(mentees.size, np.inf)
        np.minimum.at(way, question, through)
        nobody = np.full(mentees.size, -1, dtype=np.int64)
        return _Ways(way, np.isfinite(way), nobody, nobody.copy(), question, exits)

    def _shorten(self, found: "_Ways", mentees: IntArray, mentors: IntArray, most: NDArray[np.float64]) -> None:
        """Put ways that don't pass the sink where they are shorter, as far as ways up to `most` are asked for.

        Lengths are counted beyond what the way to the sink takes, so that a search ends after few nodes.
        """
        start, end = mentors[found.question], self.exits[found.exits]
        ahead = self.potential[end] - self.potential[start]
        limit = np.minimum(found.way, most)[found.question] - self.closing[found.exits] + ahead
        asked = np.nonzero((limit > 0) & (np.maximum(-ahead, 0) < limit - ahead))[0]
        ends, limits, asked, turn = _by_limit(end, limit, asked)
        for first in range(0, ends.size, ENDS_AT_ONCE):
            greatest = limits[first : first + ENDS_AT_ONCE][-1]
            low, high = np.searchsorted(turn, [first, first + ENDS_AT_ONCE])
            here, row = asked[low:high], turn[low:high] - first
            some = ends[first : first + ENDS_AT_ONCE]
            lengths, after = dijkstra(self._within(greatest), indices=some, return_predecessors=True, limit=greatest)
            way = lengths[row, start[here]] - ahead[here] + self.closing[found.exits[here]]
            better = found.improved_by(here, way)
            chosen = found.question[here[better]]
            moved = self._moved(mentees[chosen], mentors[chosen], end[here[better]], after, row[better])
            found.displaced[chosen], found.moved_to[chosen] = moved

    def _within(self, limit: float) -> csr_array:
        """The arcs beside the sink that a search up to a limit can take, by their lengths beyond the way to the sink."""
        kept = self.beyond <= limit
        starts = np.concatenate([[0], np.cumsum(kept)])[self.reversed.indptr]
        return csr_array((self.beyond[kept], self.reversed.indices[kept], starts), shape=self.reversed.shape)

    def _moved(
        self, mentees: IntArray, mentors: IntArray, ends: IntArray, followings: NDArray[np.int32], row: IntArray
    ) -> tuple[IntArray, IntArray]:
        """Along each way from a mentor to its end: the first other mentee, and the mentor whom they'd have then. A way to a free seat displaces nobody.

        followings, row: which node follows on each, and in which row of them that stands for a way.
        """
        node, walking = mentors.copy(), (mentors != ends) & (followings[row, mentors] >= 0)
        displaced, moved_to = np.full((2, node.size), -1, dtype=np.int64)
        while walking.any():
            at = np.nonzero(walking)[0]
            onward = followings[row[at], node[at]].astype(np.int64)
            through = self.through[np.searchsorted(self.codes, onward * self.nodes + node[at])]
            moves = (through >= 0) & (through != mentees[at])
            displaced[at[moves]] = through[moves]
            moved_to[at[moves]] = np.where(onward[moves] < self.mentors, onward[moves], -1)
            node[at] = onward
            walking[at] = ~moves & (onward != ends[at]) & (onward < self.mentors)
        return displaced, moved_to


def own_costs(solved: Solved, mentees: IntArray, mentors: IntArray, scores: IntArray) -> NDArray[np.float64]:
    """What each pair is worth less than its mentee and its seat, in points: a lower bound of what forcing it costs."""
    optimum = solved.optimum
    gains = solved.gains_of(mentees, mentors, scores)
    own: NDArray[np.float64] = (optimum.worth[mentees] + optimum.price[mentors] - gains) / UNIT
    return own


@dataclass(frozen=True)
class _Arcs:
    """Residual arcs between nodes that aren't mentees; through: the mentee who would move, -1 = nobody."""

    tails: IntArray
    heads: IntArray
    costs: IntArray
    through: IntArray


def _residual_arcs(solved: Solved, near: NearPairs) -> tuple[IntArray, IntArray, IntArray]:
    """Tails, heads and reduced costs of the residual network of an optimum, by the engine's nodes."""
    found, edges = solved.optimum, near.edges
    mentees = solved.problem.mentees.height
    kept = edges.scores >= found.least[edges.rows]
    used, free = near.used & kept, kept & ~near.used
    arcs, flows = found.arcs, found.arc_flows
    opened, taken = flows < arcs.capacities, flows > 0
    tails = np.concatenate([edges.rows[free], edges.columns[used] + mentees, arcs.tails[opened], arcs.heads[taken]])
    heads = np.concatenate([edges.columns[free] + mentees, edges.rows[used], arcs.heads[opened], arcs.tails[taken]])
    costs = np.zeros(tails.size, dtype=np.int64)
    pairs = int(free.sum()) + int(used.sum())
    costs[:pairs] = np.concatenate([-near.gains[free], near.gains[used]])
    costs += found.distance[tails] - found.distance[heads]
    return tails, heads, np.maximum(costs, 0)  # a pair outside the solver's may lie within the gap that was left open


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


def _by_limit(
    end: IntArray, limit: NDArray[np.float64], asked: IntArray
) -> tuple[IntArray, NDArray[np.float64], IntArray, IntArray]:
    """The ends of some ways with how far each is looked at, nearest first; and the ways by the turn of their end, with it."""
    ends, at = np.unique(end[asked], return_inverse=True)
    limits = np.zeros(ends.size)
    np.maximum.at(limits, at, limit[asked])
    nearest = np.argsort(limits, kind="stable")
    turn = np.argsort(nearest)[at]
    order = np.argsort(turn, kind="stable")
    return ends[nearest], limits[nearest], asked[order], turn[order]
