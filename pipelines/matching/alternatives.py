"""The cheapest other mentors of each mentee: what each would cost the total, and who would move."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.matching.affinity import SCALE
from pipelines.matching.eligibility import IntArray
from pipelines.matching.residual import UNIT, Detours, Residual
from pipelines.matching.solved import Solved

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
    edges = solved.edges
    exact = mentee is not None or edges.size * max(solved.problem.mentors.height, 1) <= EXACT_WORK
    if not solved.policy.by_one_flow or not edges.size:
        return pl.DataFrame(schema=ALTERNATIVES_SCHEMA)
    near, bounds = _nearest(solved, 3 * count if exact else count, mentee)
    rows, columns = edges.rows[near], edges.columns[near]
    if exact:
        found = _cheapest(Residual(solved), rows, columns, edges.scores[near], count)
    else:
        nobody = np.full(near.size, -1, dtype=np.int64)
        found = Detours(bounds, nobody, nobody)
    order = np.lexsort((near, found.cost, rows))
    order = order[np.isfinite(found.cost[order])]
    place = 1 + np.arange(order.size) - np.searchsorted(rows[order], rows[order])
    chosen = order[place <= count]
    return _frame(
        solved,
        near[chosen],
        place[place <= count],
        Detours(found.cost[chosen], found.displaced[chosen], found.displaced_to[chosen]),
        exact=exact,
    )


def _nearest(solved: Solved, count: int, mentee: int | None) -> tuple[IntArray, NDArray[np.float64]]:
    """For each mentee the edges of least reduced cost that aren't pairs, with that cost in points (a lower bound of the true one)."""
    edges, found = solved.edges, solved.optimum
    at = np.nonzero(~found.used & (edges.scores >= found.least[edges.rows]))[0]
    if mentee is not None:
        at = at[edges.rows[at] == mentee]
    reduced = found.worth[edges.rows[at]] + found.price[edges.columns[at]] - solved.gains[at]
    order = np.lexsort((reduced, edges.rows[at]))
    rows = edges.rows[at][order]
    turn = np.arange(rows.size) - np.searchsorted(rows, rows)
    chosen = order[turn < count]
    return at[chosen], reduced[chosen] / UNIT


def _cheapest(residual: Residual, rows: IntArray, columns: IntArray, scores: IntArray, count: int) -> Detours:
    """Exact answers for the `count` cheapest questions of each mentee (rows, sorted); dearer ones may stay nan."""
    return residual.detours(rows, columns, scores, lambda cost: _kth_cost(rows, cost, count)[rows])


def _kth_cost(rows: IntArray, cost: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The cost of each mentee's `count`-th cheapest known question; inf where fewer are known, (mentees,)."""
    known = np.where(np.isnan(cost), np.inf, cost)
    order = np.lexsort((known, rows))
    turn = np.arange(rows.size) - np.searchsorted(rows[order], rows[order])
    worst = np.full(int(rows.max(initial=-1)) + 1, np.inf)
    worst[rows[order][turn == count - 1]] = known[order][turn == count - 1]
    return worst


def _frame(solved: Solved, chosen: IntArray, place: IntArray, found: Detours, *, exact: bool) -> pl.DataFrame:
    mentees, mentors, edges = solved.problem.mentees, solved.problem.mentors, solved.edges

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
            "cost_is_exact": np.full(chosen.size, exact),
            "displaced_application_id": named(mentees["application_id"], found.displaced),
            "displaced_to_application_id": named(mentors["application_id"], found.displaced_to),
        },
        schema={name: dtype for name, dtype in ALTERNATIVES_SCHEMA.items() if name != "words"},
    )
    columns = [frame[name] for name in ("cost", "displaced_application_id", "displaced_to_application_id")]
    words = [_words(*row, exact=exact) for row in zip(*columns, strict=True)]
    return frame.with_columns(pl.Series("words", words, dtype=pl.String))


def _words(cost: float, displaced: str | None, onward: str | None, *, exact: bool) -> str:
    loss = f"the total would lose {'' if exact else 'at least '}{cost:.3f}"
    if not exact:
        return loss
    if displaced is None:
        return f"{loss}; the seat is free"
    return f"{loss}; {displaced} would give up the seat and " + (f"move to {onward}" if onward else "stay unmatched")
