"""Which cells of metric_values are published at all.

Every breakdown more is a group that must be protected, and the neighbours of a protected group are hidden with it: a month of each small cohort once hid every
month of its programme. So months are published for whole programmes, and cohorts and segments to date, one way each.
"""

import polars as pl

MONTHLY_BY_SEGMENT = frozenset({"leadership_representation"})
"""Metrics whose goal is a path over time of one group."""

BY_ROUND_AND_GROUP = frozenset(
    {"eligible_representation", "applicant_representation", "participant_representation", "mentor_representation"}
)
"""Metrics that compare rounds by group: whether the group that a programme is for applies less each year is what its goal is about."""


def published_cells(metric_values: pl.DataFrame) -> pl.DataFrame:
    """The cells of `metric_values` (columns metric_id, cohort_id, segment_kind, period_kind) that readers may see, before small groups are hidden."""
    whole = (pl.col("cohort_id") == "all").cast(pl.Int8)
    unsplit = (pl.col("segment_kind") == "all").cast(pl.Int8)
    to_date = (pl.col("period_kind") == "to_date").cast(pl.Int8)
    one_way = whole + unsplit + to_date >= 2
    path = (whole == 1) & pl.col("metric_id").is_in(MONTHLY_BY_SEGMENT)
    declared = (to_date == 1) & pl.col("metric_id").is_in(BY_ROUND_AND_GROUP)
    return metric_values.filter(one_way | path | declared)
