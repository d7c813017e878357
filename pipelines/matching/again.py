"""Answers by solving again, where no single network holds them: after a lot, with an order of worst scores, with limits on groups."""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.counted import counted
from pipelines.matching.answers import WhyNot
from pipelines.matching.network import SolverRefused
from pipelines.matching.reach import InfeasibleRequest
from pipelines.matching.total_words import total_loses

if TYPE_CHECKING:
    from pipelines.matching.solution import MatchResult

WORK = 3_000_000
"""Mentors times weighed pairs up to which every seat's price is found by solving again (some seconds); beyond, prices are left empty."""


def forced(result: "MatchResult", mentee: str, mentor: str, score: float) -> WhyNot:
    """What locking the pair (application ids) would do, by doing it."""
    try:
        after = result.solved_with(locks=(*result.problem.locks, (mentee, mentor)))
    except (InfeasibleRequest, SolverRefused):
        return WhyNot(
            "another_way",
            "With them as a pair the locks, least loads, floor or limits that hold can't all be kept.",
            score,
        )
    cost = result.total - after.total
    before, now = _matched(result), _matched(after)
    out = sorted(before - now - {mentee})
    fewer = len(before) - len(now)
    if fewer > 0:
        return WhyNot("another_way", f"With them as a pair {counted(fewer, 'mentee')} fewer could be matched.", score)
    stays = f"{out[0]} would stay unmatched, and " if out else ""
    change = total_loses(cost)
    lot = " A lot decided who gets a place, as seats are short." if result.solved.left_out.any() else ""
    return WhyNot(
        "costs_the_total", f"They score {score:.3f}; {stays}{change}.{lot}", score, cost, out[0] if out else None
    )


def prices(result: "MatchResult") -> NDArray[np.float64]:
    """What one more seat of each mentor would add to the total, by adding it, (mentors,); nan where that is too much work."""
    mentors = result.problem.mentors
    if mentors.height * max(result.solved.edges.size, 1) > WORK:
        return np.full(mentors.height, np.nan)
    gains = np.zeros(mentors.height)
    for at, (key, seats) in enumerate(mentors.select("application_id", "capacity").iter_rows()):
        more = result.solved_with(capacity={**result.problem.capacity, key: seats + 1})
        gains[at] = more.total - result.total
    return np.maximum(gains, 0.0)


def _matched(result: "MatchResult") -> set[str]:
    ids: pl.Series = result.problem.mentees["application_id"].gather(np.unique(result.solved.rows))
    return set(ids)
