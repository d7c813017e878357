"""Whether most of a programme's open pairs met, also where the counts are too small to show: a programme in which nobody meets any more must not look unknown."""

import polars as pl

from pipelines.serving.disclosure_rule import floor_of

METRIC = "active_pair_rate"
FEWEST = 0.5
"""Below this share of open pairs that met in the last 30 days a programme alarms."""


def pairs_meeting(metric_values: pl.DataFrame, k: int) -> pl.DataFrame:
    """programme_id, most_met (bool): one row per programme of at least `k` people in open pairs, from the figures before anything is hidden.

    Half of k people and more lie on either side, so nobody can be told from it.
    """
    whole = (pl.col("cohort_id") == "all") & (pl.col("segment_kind") == "all") & (pl.col("period_kind") == "to_date")
    is_measured = pl.col("value").is_not_null() & (pl.col("n_people") >= floor_of(k))
    return (
        metric_values.filter((pl.col("metric_id") == METRIC) & whole & is_measured)
        .select("programme_id", (pl.col("value") >= FEWEST).alias("most_met"))
        .sort("programme_id")
    )
