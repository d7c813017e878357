"""The cheapest other mentors of each mentee: what each would cost the total, and who would move."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.matching.affinity import SCALE
from pipelines.matching.candidates import Edges
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.near_pairs import NearPairs
from pipelines.matching.residual import Detours, Residual, own_costs
from pipelines.matching.solved import Solved
from pipelines.matching.total_words import total_loses

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


def alternatives(solved: Solved, count: int = 3, mentee: int | None = None) -> pl.DataFrame:
    """Up to `count` cheapest other mentors of each mentee (or of one), `ALTERNATIVES_SCHEMA`; cost is what the total would lose, in points."""
    held = solved.edges
    exact = mentee is not None or held.size * max(solved.problem.mentors.height, 1) <= EXACT_WORK
    if not solved.policy.by_one_flow or not held.size:
        return pl.DataFrame(schema=ALTERNATIVES_SCHEMA)
    near = solved.residual.near if exact else NearPairs(held, solved.gains, solved.optimum.used)
    edges = near.edges.where(_others(solved, near, mentee))
    if exact:
        found = _cheapest(solved.residual, edges, count)
    else:
        nobody = np.full(edges.size, -1, dtype=np.int64)
        found = Detours(own_costs(solved, edges.rows, edges.columns, edges.scores), nobody, nobody)
    order = np.lexsort((found.cost, edges.rows))
    order = order[np.isfinite(found.cost[order])]
    rows = edges.rows[order]
    place = 1 + np.arange(order.size) - np.searchsorted(rows, rows)
    chosen = order[place <= count]
    cheapest = Detours(found.cost[chosen], found.displaced[chosen], found.displaced_to[chosen])
    exact_to = near.exact_to if exact else -1.0
    return _frame(solved, edges, chosen, place[place <= count], cheapest, exact_to)


def _others(solved: Solved, near: NearPairs, mentee: int | None) -> Mask:
    """Which pairs aren't proposed and reach the least score of their mentee; of one mentee, or of all."""
    others: Mask = ~near.used & (near.edges.scores >= solved.optimum.least[near.edges.rows])
    return others if mentee is None else others & (near.edges.rows == mentee)


def _cheapest(residual: Residual, edges: Edges, count: int) -> Detours:
    """Exact answers for the `count` cheapest questions of each mentee; dearer ones may stay nan."""
    rows = edges.rows
    return residual.detours(rows, edges.columns, edges.scores, lambda cost: _kth_cost(rows, cost, count)[rows])


def _kth_cost(rows: IntArray, cost: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The cost of each mentee's `count`-th cheapest known question; inf where fewer are known, (mentees,)."""
    known = np.where(np.isnan(cost), np.inf, cost)
    order = np.lexsort((known, rows))
    turn = np.arange(rows.size) - np.searchsorted(rows[order], rows[order])
    worst = np.full(int(rows.max(initial=-1)) + 1, np.inf)
    worst[rows[order][turn == count - 1]] = known[order][turn == count - 1]
    return worst


def _frame(
    solved: Solved, edges: Edges, chosen: IntArray, place: IntArray, found: Detours, exact_to: float
) -> pl.DataFrame:
    mentees, mentors = solved.problem.mentees, solved.problem.mentors

    def named(ids: pl.Series, at: IntArray) -> pl.Series:
        return ids.gather(pl.Series(at).replace(-1, None).cast(pl.UInt32))

    frame = pl.DataFrame(
        {
            "mentee_application_id": mentees["application_id"].gather(edges.rows[chosen]),
            "alternative": place,
            "mentor_application_id": mentors["application_id"].gather(edges.columns[chosen]),
            "mentor_person_key": mentors["person_key"].gather(edges.columns[chosen]),
            "score": edges.scores[chosen] / SCALE,
            "cost": np.maximum(np.round(found.cost, 9), 0.0),
            "cost_is_exact": found.cost <= exact_to,
            "displaced_application_id": named(mentees["application_id"], found.displaced),
            "displaced_to_application_id": named(mentors["application_id"], found.displaced_to),
        },
        schema={name: dtype for name, dtype in ALTERNATIVES_SCHEMA.items() if name != "words"},
    )
    columns = [frame[name] for name in ("cost", "displaced_application_id", "displaced_to_application_id")]
    words = [_words(cost, displaced, onward, exact_to) for cost, displaced, onward in zip(*columns, strict=True)]
    return frame.with_columns(pl.Series("words", words, dtype=pl.String))


def _words(cost: float, displaced: str | None, onward: str | None, exact_to: float) -> str:
    """exact_to: below 0 cost is the least that it may be."""
    if exact_to < 0:
        return f"the total would lose at least {cost:.3f}"
    loss = total_loses(cost, exact_to)
    if displaced is None:
        return f"{loss}; the seat is free"
    return f"{loss}; {displaced} would give up the seat and " + (f"move to {onward}" if onward else "stay unmatched")
