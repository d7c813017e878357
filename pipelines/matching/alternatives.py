"""What another choice would cost, and who would move: shortest paths in the residual network of the optimum.

Forcing one pair closes a cycle: the mentee takes the seat, whoever held it moves on, until the seat that the mentee left is filled (or a
seat is free, or somebody stays unmatched). The cheapest such cycle is the exact loss of the total (Ahuja, Magnanti & Orlin 1993, ch. 9).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from pipelines.matching.affinity import SCALE
from pipelines.matching.assignment import TIE_BITS
from pipelines.matching.eligibility import IntArray
from pipelines.matching.engine import Solved

UNIT = float(SCALE << TIE_BITS)
EXACT_WORK = 200_000_000
"""Edges times mentors up to which every alternative's cost is exact; beyond, the table holds a lower bound and single questions stay exact."""

ALTERNATIVES_SCHEMA: dict[str, pl.DataType] = {
    "mentee_application_id": pl.String(),
    "alternative": pl.Int64(),
    "mentor_application_id": pl.String(),
    "mentor_person_key": pl.String(),
    "score": pl.Float64(),
    "cost": pl.Float64(),
    "cost_is_exact": pl.Boolean(),
    "displaced_application_id": pl.String(),
    "displaced_to_application_id": pl.String(),
    "words": pl.String(),
}


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
        kept = edges.scores >= found.floor
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
        self.seat_of: dict[int, int] = {}
        worst_last = np.nonzero(used)[0][np.argsort(-solved.gains[used], kind="stable")]
        self.seat_of.update(zip(edges.rows[worst_last].tolist(), edges.columns[worst_last].tolist(), strict=True))
        self.alone = {
            int(tail): int(head)
            for tail, head, flow in zip(arcs.tails, arcs.heads, flows, strict=True)
            if tail < self.mentees and flow > 0
        }

    def target(self, mentee: int) -> int:
        """The node that a mentee leaves: the unmatched where a wish is open, else the seat of the mentor with the least gain; -1 = locked."""
        if mentee in self.alone:
            return self.alone[mentee]
        return self.mentees + self.seat_of[mentee] if mentee in self.seat_of else -1

    def search(self, target: int) -> tuple[NDArray[np.float64], IntArray]:
        """Distance from every node to the target (reduced, in tie units), and each node's next node on the way."""
        distance, following = dijkstra(self.reversed, indices=target, return_predecessors=True)
        return distance, following

    def detour(
        self, mentee: int, mentor: int, score: int, found: tuple[NDArray[np.float64], IntArray], target: int
    ) -> Detour:
        """What it would cost to give a mentee that mentor instead."""
        distance, following = found
        optimum = self.solved.optimum
        start = self.mentees + mentor
        gain = self.solved.gains_of(mentee, mentor, score)
        own = int(optimum.worth[mentee]) + int(optimum.price[mentor]) - gain
        if not np.isfinite(distance[start]):
            return Detour(float("inf"), -1, -1)
        node, displaced, moved_to = start, -1, -1
        while node != target:
            node = int(following[node])
            if node < self.mentees and displaced < 0 and node != mentee:
                displaced = node
                after = int(following[node]) if node != target else -1
                moved_to = after - self.mentees if self.mentees <= after < self.mentees + self.mentors else -1
            if displaced < 0 and node >= self.mentees + self.mentors:
                break
        return Detour((own + float(distance[start])) / UNIT, displaced, moved_to)


def alternatives(solved: Solved, count: int = 3, mentee: int | None = None) -> pl.DataFrame:
    """Up to `count` cheapest other mentors of each mentee (or of one), `ALTERNATIVES_SCHEMA`; cost is what the total would lose, in points."""
    edges = solved.edges
    exact = mentee is not None or edges.size * max(solved.problem.mentors.height, 1) <= EXACT_WORK
    if solved.policy.mode != "optimal" or solved.policy.minimum != "always" or not edges.size:
        return pl.DataFrame(schema=ALTERNATIVES_SCHEMA)
    near = _nearest(solved, 3 * count if exact else count, mentee)
    residual = Residual(solved) if exact else None
    searches: dict[int, tuple[NDArray[np.float64], IntArray]] = {}
    options: dict[int, list[tuple[float, int, Detour]]] = {}
    for edge, bound in near:
        i, j = int(edges.rows[edge]), int(edges.columns[edge])
        if residual is None:
            detour = Detour(bound, -1, -1)
        else:
            target = residual.target(i)
            if target < 0:
                continue
            if target not in searches:
                searches[target] = residual.search(target)
            detour = residual.detour(i, j, int(edges.scores[edge]), searches[target], target)
        if np.isfinite(detour.cost):
            options.setdefault(i, []).append((detour.cost, edge, detour))
    rows = [
        _row(solved, i, place, edge, detour, exact=exact)
        for i in sorted(options)
        for place, (_, edge, detour) in enumerate(sorted(options[i], key=lambda one: one[:2])[:count], start=1)
    ]
    return pl.DataFrame(rows, schema=ALTERNATIVES_SCHEMA, orient="row")


def _nearest(solved: Solved, count: int, mentee: int | None) -> list[tuple[int, float]]:
    """For each mentee the edges of least reduced cost that aren't pairs, with that cost in points (a lower bound of the true one)."""
    edges, found = solved.edges, solved.optimum
    at = np.nonzero(~found.used & (edges.scores >= found.floor))[0]
    if mentee is not None:
        at = at[edges.rows[at] == mentee]
    reduced = found.worth[edges.rows[at]] + found.price[edges.columns[at]] - solved.gains[at]
    order = np.lexsort((reduced, edges.rows[at]))
    rows = edges.rows[at][order]
    turn = np.arange(rows.size) - np.searchsorted(rows, rows)
    chosen = order[turn < count]
    return list(zip(at[chosen].tolist(), (reduced[chosen] / UNIT).tolist(), strict=True))


def _row(solved: Solved, mentee: int, place: int, edge: int, detour: Detour, *, exact: bool) -> tuple:
    mentees, mentors, edges = solved.problem.mentees, solved.problem.mentors, solved.edges
    mentor = int(edges.columns[edge])
    displaced = mentees["application_id"][detour.displaced] if detour.displaced >= 0 else None
    onward = mentors["application_id"][detour.displaced_to] if detour.displaced_to >= 0 else None
    cost = max(round(detour.cost, 9), 0.0)
    return (
        mentees["application_id"][mentee],
        place,
        mentors["application_id"][mentor],
        mentors["person_key"][mentor],
        int(edges.scores[edge]) / SCALE,
        cost,
        exact,
        displaced,
        onward,
        _words(cost, displaced, onward, exact=exact),
    )


def _words(cost: float, displaced: str | None, onward: str | None, *, exact: bool) -> str:
    loss = f"the total would lose {'' if exact else 'at least '}{cost:.3f}"
    if not exact:
        return loss
    if displaced is None:
        return f"{loss}; the seat is free"
    return f"{loss}; {displaced} would give up the seat and " + (f"move to {onward}" if onward else "stay unmatched")
