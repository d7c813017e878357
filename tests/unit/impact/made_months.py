"""A small firm as the marts give it: person-months with known covariates, starts, exits and promotions, from hazards that are known."""

import numpy as np
import polars as pl

FIRST, MONTHS = 24_000, 36


def months(seed: int = 1, people: int = 700, exit_ratio: float = 0.7, start_chance: float = 0.02) -> pl.DataFrame:
    """Rows as of marts.trial_months of one programme; joining and leaving both hang on `quality`, which `measures` shows."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        quality = rng.normal()
        begins, started, promoted = int(rng.integers(0, 18)), None, 0
        for month in range(begins, MONTHS):
            if started is None and month > begins and rng.random() < start_chance * np.exp(0.8 * quality):
                started = month
            leaves = bool(rng.random() < 0.02 * np.exp(-0.5 * quality) * (exit_ratio if started is not None else 1))
            rises = bool(not leaves and rng.random() < 0.01)
            promoted += rises
            rows.append((f"p{person:04d}", month, month - begins, quality, leaves, rises, started))
            if leaves:
                break
    frame = pl.DataFrame(
        rows,
        schema=["person_key", "month", "tenure_months", "quality", "leaves", "is_promoted", "started"],
        orient="row",
        infer_schema_length=None,
    )
    return frame.select(
        "person_key",
        pl.format("{}:1", "person_key").alias("spell_key"),
        (pl.col("month") + FIRST).cast(pl.Int64).alias("month"),
        pl.lit(value=True).alias("is_eligible"),
        pl.col("tenure_months").cast(pl.Float64),
        pl.lit(3.0).alias("level_rank"),
        (pl.col("month") + FIRST - 1).cast(pl.Int64).alias("level_known_month"),
        "leaves",
        pl.when("leaves").then(pl.lit("voluntary")).alias("end_kind"),
        "is_promoted",
        (pl.col("started").max().over("person_key") + FIRST).cast(pl.Int64).alias("start_month"),
        pl.lit(value=False).alias("is_by_lot"),
        pl.lit(None, pl.Int64).alias("ramped_month"),
        pl.lit(None, pl.Int64).alias("last_reading_month"),
        "quality",
    )


def measures(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows as of marts.measure_months: the quality, known in the month before."""
    return frame.select(
        "person_key",
        pl.lit("quality").alias("measure"),
        "month",
        pl.col("quality").alias("value"),
        (pl.col("month") - 1).alias("known_month"),
        pl.col("quality").alias("value_year_before"),
    )
