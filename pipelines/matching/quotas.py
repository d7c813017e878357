"""Quotas on the unmatched: an even share of those who stay without a mentor, over the groups of one declared attribute.

Off unless the programme declares the attribute, the legal basis and who approved it. A quota never touches a score; it is a capacity in
the network (Ahuja, Magnanti & Orlin 1993, ch. 9), so the optimum stays exact.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl

from pipelines.matching.candidates import Edges
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.network import Seats, flow_possible, matching_arcs
from pipelines.matching.policy import Quota
from pipelines.matching.problem import MatchProblem, MatchProblemError
from pipelines.matching.reach import Coverage, InfeasibleRequest


def group_codes(problem: MatchProblem, attribute: str) -> tuple[IntArray, list[str]]:
    """For each mentee the position of their group's name, -1 where they declared none; and the names."""
    if problem.groups is None:
        raise MatchProblemError(
            f"A quota on {attribute} needs to know who belongs to which group. Next step: give the frame `groups` (person_key, attribute, value)."
        )
    declared = problem.groups.filter(pl.col("attribute") == attribute).select("person_key", "value")
    if declared["person_key"].is_duplicated().any():
        raise MatchProblemError(f"groups: a person has two values of {attribute}. Next step: keep one of them.")
    values = problem.mentees.join(declared, on="person_key", how="left", maintain_order="left")["value"].to_list()
    names = sorted({value for value in values if value is not None})
    return np.array([-1 if value is None else names.index(value) for value in values], dtype=np.int64), names


def evened(
    edges: Edges, seats: Seats, covered: Coverage, problem: MatchProblem, quota: Quota | None, active: Mask
) -> Seats:
    """Seats with the quota's limits. Raises `InfeasibleRequest` where declared limits can't be met at full coverage."""
    wanting = active & (seats.first_wanted > 0)
    if quota is None or covered.mentees == int(wanting.sum()):
        return seats
    codes, names = group_codes(problem, quota.attribute)
    sizes = np.bincount(codes[wanting & (codes >= 0)], minlength=len(names))

    def limited(at_most: IntArray) -> Seats:
        return replace(seats, group=codes, unmatched_at_most=at_most)

    def works(at_most: IntArray) -> bool:
        return flow_possible(edges, matching_arcs(limited(at_most), covered.mentees, covered.seats), seats.demand.size)

    if quota.at_most:
        shares = np.array([float(quota.at_most.get(name, 1.0)) for name in names])
        limits = np.floor(shares * sizes + 1e-9).astype(np.int64)
        if not works(limits):
            raise InfeasibleRequest(_words(quota, names, sizes, limits, works))
        return limited(limits)
    steps = np.unique(np.concatenate([np.arange(size + 1) / max(size, 1) for size in sizes.tolist()] or [np.ones(1)]))
    low, high = 0, steps.size - 1
    while low < high:
        middle = (low + high) // 2
        if works(np.floor(steps[middle] * sizes + 1e-9).astype(np.int64)):
            high = middle
        else:
            low = middle + 1
    return limited(np.floor(steps[low] * sizes + 1e-9).astype(np.int64))


def _words(quota: Quota, names: list[str], sizes: IntArray, limits: IntArray, works: Callable[[IntArray], bool]) -> str:
    """Which group alone already can't keep its limit, or that only all together can't."""
    for g, name in enumerate(names):
        alone = sizes.copy()
        alone[g] = limits[g]
        if not works(alone):
            least = next(k for k in range(int(limits[g]), int(sizes[g]) + 1) if works(_with(sizes, g, k)))
            return (
                f"The quota on {quota.attribute} can't be met: of {sizes[g]} mentees of {name!r} at least {least} stay unmatched whatever is done, "
                f"and {limits[g]} are allowed. Next step: add seats that they may have, or raise the share."
            )
    return f"The quotas on {quota.attribute} can each be met, but not together. Next step: raise one of the shares."


def _with(sizes: IntArray, group: int, value: int) -> IntArray:
    changed = sizes.copy()
    changed[group] = value
    return changed
