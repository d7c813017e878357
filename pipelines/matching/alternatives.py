"""The cheapest other mentors of each mentee: what each would cost the total, and who would move."""

import numpy as np
import polars as pl

from pipelines.matching.affinity import SCALE
from pipelines.matching.engine import Solved
from pipelines.matching.residual import UNIT, Detour, Residual

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
    if solved.policy.mode != "optimal" or solved.policy.minimum != "always" or not edges.size:
        return pl.DataFrame(schema=ALTERNATIVES_SCHEMA)
    near = _nearest(solved, 3 * count if exact else count, mentee)
    residual = Residual(solved) if exact else None
    options: dict[int, list[tuple[float, int, Detour]]] = {}
    for edge, bound in near:
        i, j = int(edges.rows[edge]), int(edges.columns[edge])
        detour = residual.detour(i, j, int(edges.scores[edge])) if residual else Detour(bound, -1, -1)
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
    at = np.nonzero(~found.used & (edges.scores >= found.least[edges.rows]))[0]
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
