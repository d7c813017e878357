"""The gate of publishing: what is shown is audited, and where a reader could work a small group out, more is hidden."""

import polars as pl

from pipelines.serving.audit import Audit, audit
from pipelines.serving.disclosure import emptied, suppress_small_groups

PARTS = (pl.col("cohort_id") != "all") | (pl.col("segment_kind") != "all") | (pl.col("period_kind") == "month")
EVERYTHING = pl.lit(value=True)


def pass_gate(metric_values: pl.DataFrame, k: int) -> tuple[pl.DataFrame, Audit]:
    """`metric_values` as it may be published, and what the audit says of it.

    Where the audit finds what the hiding overlooked, all parts of those metrics and programmes go, else the metrics altogether. Where not even that helps (in a programme
    of a few pairs plain counts tell a rate: eight pairs, eight active), what can be told is counted, and the page on quality says so.
    """
    shown = suppress_small_groups(metric_values, k)
    found = audit(shown, metric_values, k)
    for which in (PARTS, EVERYTHING):
        if found.is_passed:
            break
        more = _without(shown, found, which, k)
        again = audit(more, metric_values, k)
        if again.is_passed or (which is PARTS and again.told.height < found.told.height):
            shown, found = more, again
    return shown, found


def _without(shown: pl.DataFrame, found: Audit, which: pl.Expr, k: int) -> pl.DataFrame:
    of = found.told.select("metric_id", "programme_id").unique().with_columns(pl.lit(value=True).alias("is_told"))
    marked = shown.join(of, on=["metric_id", "programme_id"], how="left", maintain_order="left")
    return emptied(marked, pl.col("is_told").fill_null(value=False) & which, k).drop("is_told")
