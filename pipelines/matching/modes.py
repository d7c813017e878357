"""Proposals that aren't the flow's optimum: stable matching, and groups that only start with enough people."""

from dataclasses import replace

import numpy as np

from pipelines.matching.assignment import TIE_BITS
from pipelines.matching.candidates import all_pairs
from pipelines.matching.eligibility import Mask
from pipelines.matching.engine import Solved
from pipelines.matching.opened import open_groups
from pipelines.matching.reach import InfeasibleRequest
from pipelines.matching.stable import both_orders, deferred_acceptance


def other_mode(solved: Solved) -> Solved:
    """The same problem solved the way that its policy asks for."""
    if solved.policy.mode == "stable":
        return _stable(solved)
    return _groups(solved)


def _stable(solved: Solved) -> Solved:
    """Mentee-optimal stable pairs; the bound stays the optimum's, so that the gap says what stability costs."""
    edges = solved.edges
    used = deferred_acceptance(edges, *both_orders(solved.problem, edges, solved.ties), solved.seats)
    return _with_pairs(solved, used, solved.bound)


def _groups(solved: Solved) -> Solved:
    problem, limit = solved.problem, solved.policy.group_limit
    people = problem.mentees.height + problem.mentors.height
    if people > limit:
        raise InfeasibleRequest(
            f"Groups with a least size are solved exactly for up to {limit} people; here are {people}. "
            "Next step: match by site or department, or set `minimum: always`."
        )
    if solved.locked.any():
        raise InfeasibleRequest("Groups with a least size take no locks yet. Next step: remove the locks.")
    edges = solved.edges if solved.complete else all_pairs(solved.model, solved.feasibility)
    current = solved.current
    width = max(problem.mentors.height, 1)
    bonus = round(solved.policy.keep_bonus * 1_000_000)
    gains = edges.scores + bonus * np.isin(edges.rows * width + edges.columns, current)
    minimum = problem.mentors["minimum"].to_numpy().astype(np.int64)
    found = open_groups(edges, gains, solved.seats, minimum, seconds=solved.policy.seconds)
    solved = replace(
        solved,
        edges=edges,
        gains=(gains << TIE_BITS) + solved.ties.of(edges.rows, edges.columns),
        coverage=replace(solved.coverage, mentees=found.covered, seats=found.covered, proven=found.coverage_is_proven),
        complete=True,
    )
    return _with_pairs(solved, found.used, max(int(np.ceil(found.bound - 1e-6)), int(gains[found.used].sum())))


def _with_pairs(solved: Solved, used: Mask, bound: int) -> Solved:
    """Other pairs among the same edges; prices belong to the optimum and are dropped."""
    edges = solved.edges
    rows = np.concatenate([edges.rows[used], solved.rows[solved.locked]])
    columns = np.concatenate([edges.columns[used], solved.columns[solved.locked]])
    scores = np.concatenate([edges.scores[used], solved.scores[solved.locked]])
    locked = np.arange(rows.size) >= int(used.sum())
    locked_gain = int(solved.scores[solved.locked].sum())
    objective = int((solved.gains[used] >> TIE_BITS).sum()) + locked_gain
    order = np.lexsort((columns, rows))
    optimum = replace(solved.optimum, price=0 * solved.optimum.price, floor=0, least=0 * solved.optimum.least)
    return replace(
        solved,
        optimum=optimum,
        rows=rows[order],
        columns=columns[order],
        scores=scores[order],
        locked=locked[order],
        objective=objective,
        bound=bound,
    )
