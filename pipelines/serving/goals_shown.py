"""Goals as readers get them: a goal says no more of its metric than the metric's own figure does."""

import polars as pl

from pipelines.serving.releases import HELD

CELL = {
    "metric_id": "metric_id",
    "measured_on": "programme_id",
    "segment_kind": "segment_kind",
    "segment_value": "segment_value",
    "measured_by": "period_kind",
    "measured_from": "period_start",
}
"""Columns of a goal that name the cell of metric_values in which it is measured."""
FIGURES = ("current_value", "ci_low", "ci_high", "n_people", "forecast_value", "forecast_low", "forecast_high")
DECLARED = ("goal_id", "metric_id", "baseline", "target_value", "start_date", "due_date", "measured_on", "measured_by")
NOT_RENEWED = "fewer people changed since the last release than may be told apart"


def goals_as_published(goals: pl.DataFrame, published: pl.DataFrame, last: pl.DataFrame | None) -> pl.DataFrame:
    """`goals` (metrics.goal_status) as `published` lets them be known, the metric_values that readers get; `held_since` as there.

    Where the figure is the last release's, so is the whole row of `last`, if the same goal stood there. Where it is hidden, the goal has no figure, no forecast and no status.
    """
    cells = published.filter(pl.col("cohort_id") == "all").select(
        *(pl.col(theirs).alias(ours) for ours, theirs in CELL.items()),
        (pl.col("is_suppressed") | pl.col(HELD).is_not_null()).alias("is_hidden"),
        pl.coalesce("suppression_reason", pl.lit(NOT_RENEWED)).alias("why"),
        HELD,
    )
    met = goals.join(cells, on=list(CELL), how="left", nulls_equal=True, maintain_order="left")
    kept = _as_last_shown(met, last)
    hidden = pl.col("is_hidden").fill_null(value=False) & pl.col("current_value").is_not_null()
    fresh = met.join(kept, on="goal_id", how="anti").with_columns(
        *(pl.when(hidden).then(None).otherwise(pl.col(name)).alias(name) for name in FIGURES),
        pl.when(hidden).then(pl.lit("cannot_tell")).otherwise(pl.col("status")).alias("status"),
        pl.when(hidden)
        .then(pl.format("The metric is not shown: {}.", "why"))
        .otherwise(pl.col("status_reason"))
        .alias("status_reason"),
        pl.lit(None, pl.Date).alias(HELD),
    )
    columns = [*goals.columns, HELD]
    return pl.concat([fresh.select(columns), kept.select(columns)]).sort("goal_id")


def _as_last_shown(met: pl.DataFrame, last: pl.DataFrame | None) -> pl.DataFrame:
    """The last release's rows of goals whose figure was held, with the day from which it is."""
    waiting = met.filter(pl.col(HELD).is_not_null()).select(*DECLARED, HELD)
    if last is None or not set(DECLARED) <= set(last.columns):
        return met.clear()
    return last.drop(HELD, strict=False).join(waiting, on=DECLARED, how="inner", nulls_equal=True)
