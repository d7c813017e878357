"""Changes of weights worked out beforehand, with what each does to declared groups.

Whoever plays with weights holds no demographics, so the figures by group are made here, aggregated and with small groups left out.
"""

from dataclasses import replace
from typing import Any

import polars as pl

from pipelines.matching.difference import FIGURES, Difference
from pipelines.matching.solution import MatchResult

FACTORS = {"off": 0.0, "half": 0.5, "double": 2.0}
MOST_PAIRS = 300_000
"""Feasible pairs up to which all changes are worked out; beyond, a run would take minutes longer."""

PREPARED_SCHEMA = {
    "change": pl.String,
    "words": pl.String,
    "component": pl.String,
    "factor": pl.Float64,
    "figure": pl.String,
    "before": pl.Float64,
    "after": pl.Float64,
    "difference": pl.Float64,
    "changed_mentees": pl.Int64,
}


def prepared_changes(result: MatchResult, *, min_group_size: int) -> pl.DataFrame:
    """One row per change and figure, `PREPARED_SCHEMA`: every weight off, at half and double, and the floor off.

    figure: those of `difference.FIGURES`, and `lowest_coverage_ratio:<attribute>` and `lowest_quality_ratio:<attribute>`: the group that
    comes off worst among those of at least `min_group_size` people.
    """
    weights = {name: weight for name, weight in result.problem.score.items() if weight > 0}
    rows: list[dict[str, Any]] = []
    if result.solved.feasibility.pairs > MOST_PAIRS:
        return pl.DataFrame(schema=PREPARED_SCHEMA)
    before = _groups(result, min_group_size)
    for component, weight in sorted(weights.items()):
        for word, factor in FACTORS.items():
            if factor == 0 and len(weights) == 1:
                continue
            after = result.what_if(weights={component: weight * factor})
            words = f"{component.replace('_', ' ')}: {word} ({weight:g} to {weight * factor:g})"
            rows += _rows(f"{component}:{word}", words, component, factor, after, before, min_group_size)
    if result.policy.floor is not False:
        after = result.what_if(policy=replace(result.policy, floor=False))
        rows += _rows("floor:off", "floor under the worst score: off", "floor", 0.0, after, before, min_group_size)
    return pl.DataFrame(rows, schema=PREPARED_SCHEMA)


def _rows(
    change: str,
    words: str,
    component: str,
    factor: float,
    difference: Difference,
    groups: dict[str, float | None],
    min_group_size: int,
) -> list[dict[str, Any]]:
    shared = {
        "change": change,
        "words": words,
        "component": component,
        "factor": factor,
        "changed_mentees": difference.pairs.height,
    }
    figures = [row for row in difference.quality.to_dicts() if row["figure"] in FIGURES]
    for figure, value in _groups(difference.after, min_group_size).items():
        one = groups.get(figure)
        gap = None if one is None or value is None else value - one
        figures.append({"figure": figure, "before": one, "after": value, "difference": gap})
    return [{**shared, **figure} for figure in figures]


def _groups(result: MatchResult, min_group_size: int) -> dict[str, float | None]:
    """The lowest coverage and quality ratio of each declared attribute."""
    audit = result.audit(min_group_size=min_group_size)
    lowest: dict[str, float | None] = {}
    for attribute in audit["attribute"].unique().sort().to_list():
        own = audit.filter((pl.col("attribute") == attribute) & ~pl.col("is_suppressed"))
        for ratio in ("coverage_ratio", "quality_ratio"):
            lowest[f"lowest_{ratio}:{attribute}"] = own[ratio].min() if own.height else None  # type: ignore[assignment]
    return lowest
