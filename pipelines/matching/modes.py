"""Proposals that aren't one flow's optimum: stable matching, leximin, groups that only start with enough people, limits on who shares a mentor, floors under sums."""

from dataclasses import replace

import numpy as np

from pipelines.contracts.matching_policy import OPEN_COLUMNS
from pipelines.matching.affinity import SCALE
from pipelines.matching.assignment import TIE_BITS
from pipelines.matching.candidates import all_pairs
from pipelines.matching.eligibility import IntArray, Mask, coded
from pipelines.matching.kept_aims import refuse_what_is_not_kept
from pipelines.matching.leximin import leximin
from pipelines.matching.limited import Limit, Locked, Programme, choose
from pipelines.matching.network import matching_arcs
from pipelines.matching.opened import open_groups
from pipelines.matching.problem import MatchProblem
from pipelines.matching.quotas import group_codes
from pipelines.matching.reach import InfeasibleRequest
from pipelines.matching.solved import Solved
from pipelines.matching.stable import both_orders, deferred_acceptance


def other_mode(solved: Solved) -> Solved:
    """The same problem solved the way that its policy asks for."""
    policy = solved.policy
    refuse_what_is_not_kept(solved.problem, policy)
    if policy.mode == "stable":
        return _stable(solved)
    if policy.minimum == "if_opened":
        return _groups(solved)
    return _leximin(solved) if policy.by_network else _limited(solved)


def _leximin(solved: Solved) -> Solved:
    """The worst score, then the next worst, and so on; among all feasible pairs."""
    solved = _with_all_pairs(solved, "leximin")
    covered, seats = solved.coverage, solved.seats
    arcs = matching_arcs(seats, covered.mentees, covered.seats)
    if not covered.seats:
        return solved
    used = leximin(solved.edges, solved.gains, arcs, seats.demand.size)
    reached = int((solved.gains[used] >> TIE_BITS).sum()) + int(solved.scores[solved.locked].sum())
    return _with_pairs(solved, used, reached)


def _limited(solved: Solved) -> Solved:
    """Limits on who shares a mentor, floors under a mentee's sum; among all feasible pairs."""
    policy, problem = solved.policy, solved.problem
    solved = _with_all_pairs(solved, "limits on mentors' groups and floors under sums")
    limits = [Limit(_codes(problem, one.column), one.at_most, one.mixed, one.words) for one in policy.mentor_groups]
    at = solved.locked
    locked = Locked(solved.rows[at], solved.columns[at], solved.scores[at])
    programme = Programme(solved.edges, solved.seats, limits, locked, policy.seconds)
    wish = policy.floor if isinstance(policy.floor, bool) else round(float(policy.floor) * SCALE)
    found = choose(
        programme,
        solved.gains >> TIE_BITS,
        floor=wish,
        of_sum=policy.floor_on == "sum",
        coverage_first=policy.order == "coverage",
    )
    if found is None:
        words = "; ".join(f"each mentor has {limit.words}" for limit in limits) or "a floor under sums"
        raise InfeasibleRequest(
            f"The locks, least loads, quota, floor and limits ({words}) can't all be kept. Next step: lift one of them."
        )
    solved = replace(solved, coverage=replace(solved.coverage, mentees=found.covered, seats=found.filled, proven=True))
    gain = int((solved.gains[found.used] >> TIE_BITS).sum())
    bound = max(int(np.ceil(found.bound - 1e-6)), gain) + int(locked.scores.sum())
    after = _with_pairs(solved, found.used, bound)
    return replace(after, optimum=replace(after.optimum, floor=found.floor))


def _with_all_pairs(solved: Solved, what: str) -> Solved:
    """The same problem with every feasible pair held."""
    problem, limit = solved.problem, solved.policy.group_limit
    people = problem.mentees.height + problem.mentors.height
    if people > limit:
        raise InfeasibleRequest(
            f"With {what} up to {limit} people are matched exactly; here are {people}. Next step: match by site or department."
        )
    if solved.complete:
        return solved
    edges = all_pairs(solved.model, solved.feasibility)
    edges = edges.where(solved.seats.demand[edges.rows] > 0)
    return replace(solved, edges=edges, gains=solved.gains_of(edges.rows, edges.columns, edges.scores), complete=True)


def _codes(problem: MatchProblem, column: str) -> IntArray:
    """For each mentee the position of their value, -1 = not known."""
    if column not in OPEN_COLUMNS:
        return group_codes(problem, column)[0]
    codes, distinct = coded(problem.mentees[column].to_list())
    return np.where([distinct[code] in (None, "") for code in codes.tolist()], -1, codes).astype(np.int64)


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
