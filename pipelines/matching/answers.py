"""Why two people aren't a pair, in one sentence and in figures."""

from dataclasses import dataclass

import numpy as np

from pipelines.matching.affinity import SCALE
from pipelines.matching.seat_prices import seat_prices
from pipelines.matching.solved import Solved
from pipelines.matching.total_words import total_loses


@dataclass(frozen=True)
class WhyNot:
    """reason: is_a_pair, rule, under_the_floor, seat_worth_more_elsewhere, lower_score, costs_the_total or another_way.

    score: the pair's score in points. cost: what the total would lose by forcing it (None where it may not be). displaced: the
    application that would lose the seat.
    """

    reason: str
    words: str
    score: float
    cost: float | None = None
    displaced: str | None = None


def why_not(solved: Solved, mentee: int, mentor: int) -> WhyNot:
    """The reason, in this order: rule, floor, what the pair would cost and whom it would displace."""
    i, j = np.array([mentee]), np.array([mentor])
    units = int(solved.model.scores(i, j)[0])
    score = units / SCALE
    if ((solved.rows == mentee) & (solved.columns == mentor)).any():
        return WhyNot("is_a_pair", "They are proposed as a pair.", score, 0.0)
    broken = solved.feasibility.breaks(mentee, mentor)
    if broken:
        return WhyNot(
            "rule", "Not allowed by the rule that " + ", and the rule that ".join(r.words for r in broken) + ".", score
        )
    if not solved.policy.by_one_flow:
        return WhyNot(
            "another_way",
            "This way of matching looks at groups or at both sides' order, not at one pair's cost.",
            score,
        )
    least = int(solved.optimum.least[mentee])
    if units < least:
        return WhyNot(
            "under_the_floor",
            f"Their score of {score:.3f} lies under the floor of {least / SCALE:.3f} that this mentee can reach.",
            score,
        )
    return _costs(solved, mentee, mentor, units)


def _costs(solved: Solved, mentee: int, mentor: int, units: int) -> WhyNot:
    score, residual = units / SCALE, solved.residual
    if not residual.has_exit(mentee):
        return WhyNot("another_way", "The mentee is locked to somebody else.", score)
    found = residual.detours(np.array([mentee]), np.array([mentor]), np.array([units]))
    loss, displaced, displaced_to = float(found.cost[0]), int(found.displaced[0]), int(found.displaced_to[0])
    if not np.isfinite(loss):
        floor = solved.optimum.floor / SCALE
        others = f", or somebody would fall under the floor of {floor:.3f}" if floor else ""
        known = "" if np.isinf(residual.near.exact_to) else "As far as pairs near to being ones tell, "
        said = f"{known}{'w' if known else 'W'}ith them as a pair fewer people could be matched{others}."
        return WhyNot("another_way", said, score)
    cost = max(loss, 0.0)
    own = solved.scores[solved.rows == mentee]
    has = f"{own.max() / SCALE:.3f} with the proposed mentor" if own.size else "nobody now"
    if displaced < 0:
        words = f"They score {score:.3f}, {has}; the seat is free, and {total_loses(cost, residual.near.exact_to)}."
        return WhyNot("lower_score", words, score, cost)
    name = solved.problem.mentees["application_id"][displaced]
    price = float(seat_prices(solved)[mentor])
    onward = (
        f"move to {solved.problem.mentors['application_id'][displaced_to]}" if displaced_to >= 0 else "stay unmatched"
    )
    words = (
        f"They score {score:.3f}, {has}; the mentor is full and a seat there is worth {price:.3f} to others. "
        f"{name} would {onward}, and {total_loses(cost, residual.near.exact_to)}."
    )
    return WhyNot("seat_worth_more_elsewhere", words, score, cost, name)
