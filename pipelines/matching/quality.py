"""How good a proposal is, and what the same people would get without an optimiser."""

import numpy as np
import polars as pl

from pipelines.matching import baselines
from pipelines.matching.affinity import SCALE
from pipelines.matching.candidates import Edges
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.solved import Solved
from pipelines.matching.stable import blocking_pairs, both_orders, deferred_acceptance

COMPARISON_SCHEMA: dict[str, pl.DataType] = {
    "way": pl.String(),
    "matched": pl.Int64(),
    "total_score": pl.Float64(),
    "mean_score": pl.Float64(),
    "median_score": pl.Float64(),
    "p5_score": pl.Float64(),
    "worst_score": pl.Float64(),
    "best_mentor_share": pl.Float64(),
    "blocking_pairs": pl.Int64(),
    "idle_mentors": pl.Int64(),
    "load_gini": pl.Float64(),
}

_COUNTS = "mentees mentors seats feasible_pairs matched".split()
_SHARES = (
    "coverage coverage_is_proven seats_used_share total_score worst_score p5_score median_score mean_score first_choice_share top3_share "
    "mentor_first_choice_share mentor_top3_share named_mentor_share blocking_pairs load_mean load_max load_gini idle_mentors current_pairs "
    "kept_pairs churn score_floor objective bound gap greedy_matched greedy_total_score first_come_matched first_come_total_score "
    "stable_matched stable_total_score random_matched random_total_score looks_at_all_pairs"
).split()
_WHOLE = {"blocking_pairs", "load_max", "idle_mentors", "current_pairs", "kept_pairs"}


def _type(name: str) -> pl.DataType:
    if name in ("coverage_is_proven", "looks_at_all_pairs"):
        return pl.Boolean()
    return pl.Int64() if name in _WHOLE or name in _COUNTS or name.endswith("_matched") else pl.Float64()


QUALITY_SCHEMA: dict[str, pl.DataType] = {
    **{name: _type(name) for name in (*_COUNTS, *_SHARES)},
    **dict.fromkeys(("input_hash", "output_hash", "solver_version", "salt"), pl.String()),
}
"""Columns of the one row of quality; scores in points, shares between 0 and 1."""


def comparison(solved: Solved, everything: Edges) -> pl.DataFrame:
    """One row per way of matching the same people under the same rules: proposed, stable, greedy, first come, random. `COMPARISON_SCHEMA`.

    everything: all feasible pairs, or those that were held; the baselines choose among them.
    """
    problem, seats, ties = solved.problem, solved.seats, solved.ties
    submitted = problem.mentees["submitted_rank"].fill_null(1 << 40).to_numpy().astype(np.int64)
    orders = both_orders(problem, everything, ties)
    width = max(problem.mentors.height, 1)
    free = ~solved.locked
    proposed = np.isin(everything.rows * width + everything.columns, solved.rows[free] * width + solved.columns[free])
    ways = {
        "proposed": proposed,
        "stable": deferred_acceptance(everything, *orders, seats),
        "greedy": baselines.greedy(everything, seats, ties),
        "first_come": baselines.first_come(everything, seats, submitted),
        "random": baselines.at_random(everything, seats, ties),
    }
    best = np.zeros(problem.mentees.height, dtype=np.int64)
    np.maximum.at(best, everything.rows, everything.scores)
    return pl.DataFrame(
        [_measured(way, used, everything, orders, best, solved) for way, used in ways.items()], schema=COMPARISON_SCHEMA
    )


def _measured(
    way: str, used: Mask, edges: Edges, orders: tuple[IntArray, IntArray], best: IntArray, solved: Solved
) -> dict[str, object]:
    rows = np.concatenate([edges.rows[used], solved.rows[solved.locked]])
    columns = np.concatenate([edges.columns[used], solved.columns[solved.locked]])
    whole = np.concatenate([edges.scores[used], solved.scores[solved.locked]])
    scores = pl.Series("score", whole / SCALE, dtype=pl.Float64)
    load = np.bincount(columns, minlength=solved.problem.mentors.height)
    return {
        "way": way,
        "matched": int(np.unique(rows).size),
        "total_score": int(whole.sum()) / SCALE,
        "mean_score": scores.mean(),
        "median_score": scores.median(),
        "p5_score": scores.quantile(0.05, "lower"),
        "worst_score": scores.min(),
        "best_mentor_share": float((whole >= best[rows]).mean()) if rows.size else None,
        "blocking_pairs": int(blocking_pairs(edges, used, *orders, solved.seats).sum()),
        "idle_mentors": int(((load == 0) & (solved.problem.seats > 0)).sum()),
        "load_gini": gini(load[solved.problem.seats > 0]),
    }


def gini(values: IntArray) -> float | None:
    """Gini coefficient of whole numbers >= 0: 0 where all carry the same."""
    if not values.size or not values.sum():
        return None
    ordered = np.sort(values)
    places = 2 * np.arange(1, values.size + 1) - values.size - 1
    return float((places * ordered).sum() / (values.size * ordered.sum()))


def churn(solved: Solved) -> tuple[int, int]:
    """How many current pairs could go on (feasible, both here), and how many of those the proposal keeps."""
    rows, columns = solved.problem.positions(solved.problem.current, "current", strict=False)
    width = max(solved.problem.mentors.height, 1)
    locked = solved.rows[solved.locked] * width + solved.columns[solved.locked]
    codes = np.unique(rows * width + columns)
    could = solved.feasibility.allows(codes // width, codes % width) | np.isin(codes, locked)
    kept = np.isin(codes[could], solved.rows * width + solved.columns)
    return int(could.sum()), int(kept.sum())
