"""Seats, loads and who may stay unmatched as a network, so that one exact solver answers all of them.

mentee -> mentor (1 each) -> pool or sink, and mentee -> unmatched -> sink. The arc from "unmatched" holds exactly as many people as must
stay unmatched, so coverage needs no big-M. A least load is a demand of the mentor's own. A quota is a capacity between a group's unmatched and all unmatched.
Reference: Ahuja, Magnanti & Orlin, Network Flows (1993), chapters 6, 9-11.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow, min_cost_flow

from pipelines.matching.candidates import Edges
from pipelines.matching.eligibility import IntArray, Mask


class SolverRefused(RuntimeError):
    """The solver ended in a state other than optimal; the message holds the state."""


@dataclass(frozen=True)
class Seats:
    """What each side offers and asks. demand (mentees,), capacity, minimum, pool (mentors,; -1 = none), pool_capacity (pools,).

    group (mentees,; -1 = none) and unmatched_at_most (groups,): how many of a group may stay without any mentor. met (mentees,): who has a mentor already,
    by a lock, so that what they still want is a further mentor and no first one; empty = nobody.
    """

    demand: IntArray
    capacity: IntArray
    minimum: IntArray
    pool: IntArray
    pool_capacity: IntArray
    group: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    unmatched_at_most: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    met: Mask = field(default_factory=lambda: np.zeros(0, dtype=bool))

    @property
    def first_wanted(self) -> IntArray:
        """1 for each mentee who wants a first mentor, 0 for the others."""
        wanted = np.minimum(self.demand, 1)
        return np.where(self.met, 0, wanted) if self.met.size else wanted

    @property
    def further_wanted(self) -> IntArray:
        """How many mentors each mentee wants beside a first one."""
        return self.demand - self.first_wanted

    @property
    def offered(self) -> Mask:
        """Whose seats anybody can still get, (mentors,): a mentor without one, or in a pool without one, can't be reached, however well the pair scores."""
        pooled = self.pool >= 0
        offered: Mask = self.capacity > 0
        offered[pooled] &= self.pool_capacity[self.pool[pooled]] > 0
        return offered

    @classmethod
    def simple(cls, capacity: IntArray, mentees: int) -> "Seats":
        """One mentor a mentee, no least loads, no pools."""
        nothing = np.zeros(0, dtype=np.int64)
        mentors = capacity.size
        return cls(
            np.ones(mentees, dtype=np.int64), capacity, 0 * capacity, np.full(mentors, -1, dtype=np.int64), nothing
        )


@dataclass(frozen=True)
class Arcs:
    """Arcs other than mentee -> mentor, and the supply of each node (positive = source)."""

    tails: IntArray
    heads: IntArray
    capacities: IntArray
    supplies: IntArray
    sink: int
    alone: int
    partly: int


def seat_arcs(seats: Seats, first: int, sink: int) -> tuple[IntArray, IntArray, IntArray]:
    """mentor -> pool or sink, pool -> sink. first: node of the first pool."""
    mentees, mentors = seats.demand.size, seats.capacity.size
    pooled = seats.pool >= 0
    tails = mentees + np.arange(mentors)
    heads = np.where(pooled, first + seats.pool, sink)
    least = np.bincount(seats.pool[pooled], weights=seats.minimum[pooled], minlength=seats.pool_capacity.size)
    return (
        np.concatenate([tails, first + np.arange(seats.pool_capacity.size)]),
        np.concatenate([heads, np.full(seats.pool_capacity.size, sink)]),
        np.concatenate([seats.capacity - seats.minimum, seats.pool_capacity - least.astype(np.int64)]),
    )


def matching_arcs(seats: Seats, covered: int, filled: int) -> Arcs:
    """The network in which exactly `covered` mentees get a mentor and `filled` seats are taken."""
    mentees, mentors, pools = seats.demand.size, seats.capacity.size, seats.pool_capacity.size
    groups = seats.unmatched_at_most.size
    first_pool = mentees + mentors
    first_group = first_pool + pools
    alone, partly, sink = first_group + groups, first_group + groups + 1, first_group + groups + 2
    wanting = np.nonzero(seats.first_wanted > 0)[0]
    several = np.nonzero(seats.further_wanted > 0)[0]
    tails, heads, capacities = seat_arcs(seats, first_pool, sink)
    grouped = seats.group[wanting] if groups else np.full(wanting.size, -1, dtype=np.int64)
    total = int(seats.demand.sum())
    unmatched = wanting.size - covered
    parts = [
        (tails, heads, capacities),
        (wanting, np.where(grouped >= 0, first_group + grouped, alone), np.ones(wanting.size, dtype=np.int64)),
        (several, np.full(several.size, partly), seats.further_wanted[several]),
        (first_group + np.arange(groups), np.full(groups, alone), seats.unmatched_at_most),
        (
            np.array([alone, partly]),
            np.array([sink, sink]),
            np.array([unmatched, total - filled - unmatched]),
        ),
    ]
    supplies = np.zeros(sink + 1, dtype=np.int64)
    supplies[:mentees] = seats.demand
    supplies[mentees : mentees + mentors] = -seats.minimum
    supplies[sink] = -(total - int(seats.minimum.sum()))
    joined = [np.concatenate([part[k] for part in parts]).astype(np.int64) for k in range(3)]
    return Arcs(joined[0], joined[1], joined[2], supplies, sink, alone, partly)


def flow_possible(edges: Edges, arcs: Arcs, mentees: int) -> bool:
    """Whether every supply can be met (a maximum flow from a super source to a super sink)."""
    source = arcs.supplies.size
    target = source + 1
    gives, takes = np.nonzero(arcs.supplies > 0)[0], np.nonzero(arcs.supplies < 0)[0]
    return bool((arcs.capacities >= 0).all()) and _greatest_flow(
        np.concatenate([edges.rows, arcs.tails, np.full(gives.size, source), takes]),
        np.concatenate([edges.columns + mentees, arcs.heads, gives, np.full(takes.size, target)]),
        np.concatenate(
            [np.ones(edges.size, dtype=np.int64), arcs.capacities, arcs.supplies[gives], -arcs.supplies[takes]]
        ),
        source,
        target,
    )[0] == int(arcs.supplies[gives].sum())


def greatest_fill(edges: Edges, demand: IntArray, seats: Seats) -> tuple[int, NDArray[np.int64]]:
    """The most seats that can be filled when mentee i takes at most demand[i], and the flow on each edge (least loads aside)."""
    mentees, mentors, pools = demand.size, seats.capacity.size, seats.pool_capacity.size
    if not edges.size:
        return 0, np.zeros(0, dtype=np.int64)
    source = mentees + mentors + pools
    sink = source + 1
    whole = Seats(demand, seats.capacity, 0 * seats.capacity, seats.pool, seats.pool_capacity)
    tails, heads, capacities = seat_arcs(whole, mentees + mentors, sink)
    total, flows = _greatest_flow(
        np.concatenate([edges.rows, tails, np.full(mentees, source)]),
        np.concatenate([edges.columns + mentees, heads, np.arange(mentees)]),
        np.concatenate([np.ones(edges.size, dtype=np.int64), capacities, demand]),
        source,
        sink,
    )
    return total, flows[: edges.size]


def _greatest_flow(
    tails: IntArray, heads: IntArray, capacities: IntArray, source: int, sink: int
) -> tuple[int, NDArray[np.int64]]:
    flow = max_flow.SimpleMaxFlow()
    arcs = flow.add_arcs_with_capacity(tails, heads, capacities)
    status = flow.solve(source, sink)
    if status != flow.OPTIMAL:
        raise SolverRefused(f"Maximum flow ended with status {status}.")
    return int(flow.optimal_flow()), np.asarray(flow.flows(arcs))


@dataclass(frozen=True)
class Flow:
    """used: whether each edge is a pair. arc_flows: flow of each other arc."""

    used: NDArray[np.bool_]
    arc_flows: IntArray


def cheapest_flow(
    edges: Edges,
    gains: IntArray,
    arcs: Arcs,
    mentees: int,
    start: IntArray | None = None,
    *,
    arc_costs: IntArray | int = 0,
) -> Flow:
    """The flow of greatest gain less what the other arcs cost. Raises `SolverRefused` unless the solver proves it.

    start: a distance for each node; costs are given to the solver less the difference of their ends, which changes no optimum. From the prices
    of a like network, or each mentee's best gain without any, it has less to do.
    """
    given = start is not None
    if start is None:
        start = np.zeros(arcs.supplies.size, dtype=np.int64)
        np.maximum.at(start, edges.rows, gains)
    heads = edges.columns + mentees
    solver = min_cost_flow.SimpleMinCostFlow()
    pair_arcs = solver.add_arcs_with_capacity_and_unit_cost(
        edges.rows, heads, np.ones(edges.size, dtype=np.int64), start[edges.rows] - start[heads] - gains
    )
    others = solver.add_arcs_with_capacity_and_unit_cost(
        arcs.tails, arcs.heads, arcs.capacities, start[arcs.tails] - start[arcs.heads] + arc_costs
    )
    nodes = np.nonzero(arcs.supplies)[0]
    solver.set_nodes_supplies(nodes, arcs.supplies[nodes])
    status = solver.solve()
    if status == solver.BAD_COST_RANGE and given:
        return cheapest_flow(edges, gains, arcs, mentees, arc_costs=arc_costs)
    if status != solver.OPTIMAL:
        raise SolverRefused(f"Min-cost flow ended with status {status}.")
    return Flow(np.asarray(solver.flows(pair_arcs)) > 0, np.asarray(solver.flows(others)).astype(np.int64))


def potentials(edges: Edges, gains: IntArray, arcs: Arcs, flow: Flow, mentees: int) -> IntArray:
    """Distances in the residual network of a flow: with them no residual arc has a negative reduced cost, which proves the optimum.

    Label correcting (Bellman-Ford with a frontier) in whole numbers; it uses nothing of how the flow was found.
    Raises `SolverRefused` on a negative cycle, that is where the flow isn't optimal.
    """
    forward, back = ~flow.used, flow.used
    open_arcs, taken = flow.arc_flows < arcs.capacities, flow.arc_flows > 0
    heads_of_pairs = edges.columns + mentees
    tails = np.concatenate(
        [edges.rows[forward], heads_of_pairs[back], arcs.tails[open_arcs], arcs.heads[taken]]
    ).astype(np.int32)
    heads = np.concatenate(
        [heads_of_pairs[forward], edges.rows[back], arcs.heads[open_arcs], arcs.tails[taken]]
    ).astype(np.int32)
    costs = np.zeros(tails.size, dtype=np.int64)
    costs[: edges.size] = np.concatenate([-gains[forward], gains[back]])
    order = np.argsort(tails, kind="stable")
    heads, costs = heads[order], costs[order]
    nodes = arcs.supplies.size
    starts = np.concatenate([[0], np.cumsum(np.bincount(tails, minlength=nodes))])
    del tails, order
    distance = np.zeros(nodes, dtype=np.int64)
    frontier, changed = np.arange(nodes), np.zeros(nodes, dtype=bool)
    for _ in range(2 * nodes + 2):
        if not frontier.size:
            return distance
        counts = starts[frontier + 1] - starts[frontier]
        offsets = np.repeat(starts[frontier] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        at = offsets + np.arange(offsets.size)
        reached = heads[at]
        length = np.repeat(distance[frontier], counts) + costs[at]
        better = length < distance[reached]
        reached, length = reached[better], length[better]
        np.minimum.at(distance, reached, length)
        changed[reached] = True
        frontier = np.flatnonzero(changed)
        changed[frontier] = False
    raise SolverRefused("The residual network has a negative cycle: the assignment isn't optimal.")
