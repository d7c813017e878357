"""The gate of publishing: what is shown is audited, and where a reader could work a small group out, more is hidden or nothing is published."""

import polars as pl

from pipelines.serving.audit import Audit, audit
from pipelines.serving.disclosure import emptied, suppress_small_groups

PARTS = (pl.col("cohort_id") != "all") | (pl.col("segment_kind") != "all") | (pl.col("period_kind") == "month")


class SmallGroupsExposed(RuntimeError):
    """Small groups could be worked out of what would be published; the message names the first."""


def pass_gate(metric_values: pl.DataFrame, k: int) -> tuple[pl.DataFrame, Audit]:
    """`metric_values` as it may be published, and the audit that it passed.

    Where the audit finds what the hiding overlooked, all parts of those metrics and programmes go, then the metrics altogether. Raises SmallGroupsExposed where that
    isn't enough.
    """
    shown = suppress_small_groups(metric_values, k)
    for which in (PARTS, pl.lit(value=True)):
        found = audit(shown, metric_values, k)
        if found.is_passed:
            return shown, found
        of = found.told.select("metric_id", "programme_id").unique().with_columns(pl.lit(value=True).alias("is_told"))
        marked = shown.join(of, on=["metric_id", "programme_id"], how="left", maintain_order="left")
        shown = emptied(marked, pl.col("is_told").fill_null(value=False) & which, k).drop("is_told")
    found = audit(shown, metric_values, k)
    if found.is_passed:
        return shown, found
    cell = found.told.row(0, named=True)
    raise SmallGroupsExposed(
        f"{found.told.height} small groups could be worked out of what would be published, first {cell['metric_id']} of {cell['programme_id']} (cohort {cell['cohort_id']}, "
        f"{cell['segment_kind']} {cell['segment_value']}). Nothing was published. Next step: raise min_group_size in the workspace file, and report this as a fault."
    )
