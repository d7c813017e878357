"""The same outcome in several programmes, taken together: what each estimate is worth beside the others, and what a further programme may expect."""

from typing import Any

import polars as pl

from pipelines.impact.pooling import FEWEST, Pooled, pool

POOLED_SCHEMA: dict[str, Any] = {
    "programme_id": pl.String(),
    "cohort_id": pl.String(),
    "estimate_id": pl.String(),
    "outcome": pl.String(),
    "unit": pl.String(),
    "estimate": pl.Float64(),
    "shrunk": pl.Float64(),
    "shrunk_low": pl.Float64(),
    "shrunk_high": pl.Float64(),
    "estimates_pooled": pl.Int64(),
    "mean": pl.Float64(),
    "mean_low": pl.Float64(),
    "mean_high": pl.Float64(),
    "prediction_low": pl.Float64(),
    "prediction_high": pl.Float64(),
    "tau": pl.Float64(),
    "heterogeneity_p": pl.Float64(),
}


def pooled_effects(estimates: pl.DataFrame) -> pl.DataFrame:
    """One row per estimate of an outcome of which three or more of different people have a figure. estimates: rows of impact.estimates of all programmes.

    Of a randomised cohort the pooled estimate counts, or its last wave; one with several arms is left out, since they share their comparison.
    """
    parts = [
        _told(own, pool(own["estimate"].to_numpy(), own["std_error"].to_numpy()))
        for _, own in _one_each(estimates).group_by("outcome", "unit", maintain_order=True)
        if own.height >= FEWEST
    ]
    return pl.concat([pl.DataFrame(schema=POOLED_SCHEMA), *parts])


def _one_each(estimates: pl.DataFrame) -> pl.DataFrame:
    place = ("programme_id", "cohort_id", "outcome", "unit")
    has_one_arm = pl.col("arm").n_unique().over(place) == 1
    shown = estimates.filter(has_one_arm, pl.col("estimate").is_not_null(), pl.col("std_error") > 0)
    latest = shown.with_columns(is_pooled=(pl.col("wave") == "pooled").fill_null(value=False)).sort(
        *place, "is_pooled", "months_since_start", nulls_last=False
    )
    return latest.group_by(place, maintain_order=True).last()


def _told(own: pl.DataFrame, found: Pooled) -> pl.DataFrame:
    shrunk = pl.DataFrame(found.shrunk, schema=["shrunk", "shrunk_low", "shrunk_high"])
    shared = {
        "estimates_pooled": own.height,
        "mean": found.mean,
        "mean_low": found.ci_low,
        "mean_high": found.ci_high,
        "prediction_low": found.prediction_low,
        "prediction_high": found.prediction_high,
        "tau": found.tau,
        "heterogeneity_p": found.heterogeneity_p,
    }
    rows = pl.concat([own, shrunk], how="horizontal").with_columns(
        pl.lit(value).alias(name) for name, value in shared.items()
    )
    return rows.select(pl.col(name).cast(dtype) for name, dtype in POOLED_SCHEMA.items())
