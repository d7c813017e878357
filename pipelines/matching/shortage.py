"""Why somebody stays without a partner: the rule that removed the last one, or the people who share too few seats."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from pipelines.counted import counted
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.feasibility import Feasibility
from pipelines.matching.reach import MayHave, alternating
from pipelines.matching.solved import Solved

UNMATCHED_SCHEMA = dict.fromkeys(("application_id", "person_key", "role", "reason", "detail"), pl.String())

COMMON: dict[str, Callable[[Any], str]] = {
    "utc_offset_hours": lambda value: f"in UTC{value:+g}",
    "languages": lambda value: "who speak only " + " and ".join(value) if value else "who named no language",
    "level_rank": lambda value: f"of level {value}",
    "location": lambda value: f"in {value}",
    "department": lambda value: f"of {value}",
}
"""What the people of a shortage may have in common, in words."""


def unmatched_reasons(solved: Solved) -> pl.DataFrame:
    """One row per application without a partner (mentees first): application_id, person_key, role, reason, detail."""
    mentees, mentors = solved.problem.mentees, solved.problem.mentors
    given = np.bincount(solved.rows, minlength=mentees.height)
    load = np.bincount(solved.columns, minlength=mentors.height)
    rows = []
    shortages: dict[int, str] = {}
    for i in np.nonzero(given < solved.problem.wanted)[0].tolist():
        reason, detail = _mentee_reason(solved, i, bool(given[i]), shortages)
        rows.append((mentees["application_id"][i], mentees["person_key"][i], "mentee", reason, detail))
    possible = feasible_mentees(solved.feasibility)
    for j in np.nonzero((load == 0) & (solved.problem.seats > 0))[0].tolist():
        nobody = possible[j] == 0
        rows.append(
            (
                mentors["application_id"][j],
                mentors["person_key"][j],
                "mentor",
                "no_feasible_mentee" if nobody else "not_needed",
                "no mentee may be matched with them under the hard rules" if nobody else "other mentors fit better",
            )
        )
    return pl.DataFrame(rows, schema=UNMATCHED_SCHEMA, orient="row")


def feasible_mentees(feasibility: Feasibility) -> IntArray:
    """How many mentees each mentor may have."""
    sizes = np.bincount(feasibility.group_of, minlength=feasibility.group_allowed.shape[0])
    counts = (sizes @ feasibility.group_allowed.astype(np.int64))[feasibility.category_of]
    rows, columns = feasibility.named // max(feasibility.mentors, 1), feasibility.named % max(feasibility.mentors, 1)
    fine = feasibility.group_allowed[feasibility.group_of[rows], feasibility.category_of[columns]]
    left: IntArray = counts - np.bincount(columns[fine], minlength=feasibility.mentors)
    return left


def _mentee_reason(solved: Solved, mentee: int, has_one: bool, shortages: dict[int, str]) -> tuple[str, str]:
    if has_one:
        if solved.policy.order == "sum":
            return "fewer_than_wanted", "with the sum first, no further mentor would add to it"
        return "fewer_than_wanted", "no further seat is free that they may have"
    if not solved.feasibility.row(mentee).any():
        return "no_feasible_mentor", _last_rule(solved.feasibility, mentee)
    if not solved.policy.by_network:
        return "no_free_seat", "the way of matching that was chosen leaves no seat that they may have"
    if solved.policy.order == "sum":
        return "sum_gains_nothing", "with the sum first, no mentor whom they may have would add to it"
    starts, group = solved.feasibility.named_starts, int(solved.feasibility.group_of[mentee])
    alike = starts[mentee] == starts[mentee + 1]
    if alike and group in shortages:
        return "no_free_seat", shortages[group]
    detail = shortage(solved, mentee)
    if alike:
        shortages[group] = detail
    return "no_free_seat", detail


def _last_rule(feasibility: Feasibility, mentee: int) -> str:
    alone = [(removed, rule.words) for removed, rule in feasibility.removed_from(mentee) if removed]
    if not alone:
        return "there is no mentor in this cohort"
    removed, words = max(alone)
    return (
        f"the rule that {words} removes {removed} of {counted(feasibility.mentors, 'mentor')}; the other rules remove the rest"
        if removed < feasibility.mentors
        else (
            f"the rule that {words} removes {'the only mentor' if feasibility.mentors == 1 else f'all {feasibility.mentors} mentors'}"
        )
    )


def shortage(solved: Solved, mentee: int) -> str:
    """The Hall set around an unmatched mentee in words: those who compete for the same seats, and how many are short."""
    rows, columns = solved.rows[~solved.locked], solved.columns[~solved.locked]
    reached = alternating(np.array([mentee]), MayHave(solved.feasibility), rows, columns, solved.asked)
    given = np.bincount(rows, minlength=solved.asked.demand.size)
    for other in np.nonzero((given < solved.asked.demand) & ~reached.mentees)[0].tolist():
        # Whoever else stays unmatched and may only have the same mentors is short of the same seats.
        may = solved.feasibility.row(other)
        reached.mentees[other] = bool(may.any()) and not (may & ~reached.mentors).any()
    people, seats = int(reached.mentees.sum()), seats_among(solved, reached.mentors)
    words = in_common(solved, reached.mentees)
    short = int(solved.asked.demand[reached.mentees].sum()) - seats
    tail = f"; {short} short" if short > 0 else "; the seats that are left are out of reach"
    if solved.left_out.any():
        tail += ", and the lot fell to others"
    return f"{counted(people, 'mentee')}{words} {'needs' if people == 1 else 'share'} the {counted(seats, 'seat')} of {counted(int(reached.mentors.sum()), 'mentor')}{tail}"


def seats_among(solved: Solved, mentors: Mask) -> int:
    """Seats of some mentors, no more than their pools hold."""
    seats = solved.seats
    pooled = mentors & (seats.pool >= 0)
    in_pools = np.bincount(seats.pool[pooled], weights=seats.capacity[pooled], minlength=seats.pool_capacity.size)
    return int(seats.capacity[mentors & (seats.pool < 0)].sum() + np.minimum(in_pools, seats.pool_capacity).sum())


def in_common(solved: Solved, chosen: Mask) -> str:
    """What all of some mentees have in common and the whole cohort hasn't; empty where there is nothing, or one person only."""
    if chosen.sum() < 2:
        return ""
    words = []
    for column, worded in COMMON.items():
        values = solved.problem.mentees[column]
        inside = values.filter(pl.Series(chosen))
        if inside.n_unique() == 1 and values.n_unique() > 1 and inside[0] is not None:
            value = inside.to_list()[0]
            words.append(worded(value))
    return (" " + " ".join(words)) if words else ""
