"""Disclosure control: what is too small to publish loses every number before it reaches a reader.

A cell of fewer than k people is suppressed. Where exactly one cell of a breakdown is suppressed while its total is published, it could
be had by subtraction, so the next smallest cell goes with it (complementary suppression). Full control over all published breakdowns, with an
audit by linear algebra, replaces `complementary` here; its callers stay as they are.
"""

import polars as pl

NUMBERS = ("numerator", "denominator", "n_people", "value", "ci_low", "ci_high")
TOO_SMALL = "fewer than {k} people"
COMPLEMENTARY = "hidden so that a smaller group can't be worked out"
HIDDEN_MONTH = "a month has too few people to show"
SIGNAL_NUMBERS = ("value", "n_people", "baseline_mean", "mean_moving_range", "limit_low", "limit_high")

BREAKDOWNS: tuple[tuple[str, ...], ...] = (
    ("segment_value",),
    ("cohort_id",),
    ("period_start",),
)
"""Columns along which cells add up to a total that is published too."""

KEY = (
    "metric_id",
    "programme_id",
    "cohort_id",
    "segment_kind",
    "segment_value",
    "period_kind",
    "period_start",
)


def suppress_small_groups(metric_values: pl.DataFrame, k: int) -> pl.DataFrame:
    """`metric_values` with cells under `k` people, and those that would reveal them, emptied. Keys and row count stay.

    A cell of nobody (n_people = 0 or null value) tells nothing of anybody and is left as it is.
    """
    flagged = metric_values.sort(KEY, nulls_last=True).with_columns(
        (pl.col("n_people").is_between(1, k - 1) & (pl.col("unit") != "definition"))
        .fill_null(value=False)
        .alias("hide"),
        pl.lit(value=False).alias("by_subtraction"),
    )
    for dimension in BREAKDOWNS:
        flagged = _complementary(flagged, dimension[0])
    hidden = pl.col("hide") | pl.col("by_subtraction")
    reason = pl.when(pl.col("hide")).then(pl.lit(TOO_SMALL.format(k=k))).otherwise(pl.lit(COMPLEMENTARY))
    return flagged.with_columns(
        *(pl.when(hidden).then(None).otherwise(pl.col(column)).alias(column) for column in NUMBERS),
        pl.when(hidden).then(reason).otherwise(pl.col("suppression_reason")).alias("suppression_reason"),
        (pl.col("is_suppressed") | hidden).alias("is_suppressed"),
    ).drop("hide", "by_subtraction")


def _complementary(cells: pl.DataFrame, dimension: str) -> pl.DataFrame:
    """Where one cell alone is hidden along `dimension`, hide the next smallest shown one too."""
    family = [column for column in KEY if column != dimension]
    is_part = pl.col("period_kind") == "month" if dimension == "period_start" else pl.col(dimension) != "all"
    gone = pl.col("hide") | pl.col("by_subtraction")
    alone = (gone & is_part).sum().over(family) == 1
    shown = is_part & ~gone & (pl.col("n_people") > 0)
    smallest = pl.when(shown).then(pl.col("n_people")).otherwise(None).rank("ordinal").over(family) == 1
    return cells.with_columns(
        (pl.col("by_subtraction") | (alone & smallest.fill_null(value=False))).alias("by_subtraction")
    )


def suppress_signals(signals: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Judged months (metrics.metric_signals) without numbers where a month that they rest on isn't shown in `published`, the suppressed metric_values.

    What stays is a function of published values, so it tells nothing that they don't.
    """
    key = ["metric_id", "programme_id", "cohort_id"]
    shown = published.filter(
        (pl.col("period_kind") == "month") & (pl.col("segment_kind") == "all") & ~pl.col("is_suppressed")
    ).select(*key, pl.col("period_start").alias("month"))
    first = pl.col("period_start").dt.offset_by(pl.format("-{}mo", "baseline_months"))
    counted = (
        signals.select(*key, "period_start", first.alias("first"))
        .join(shown, on=key)
        .filter(pl.col("month").is_between(pl.col("first"), pl.col("period_start")))
        .group_by(key)
        .agg(pl.len().alias("months_shown"))
    )
    joined = signals.join(counted, on=key, how="left", maintain_order="left")
    hidden = pl.col("months_shown").fill_null(0) < pl.col("baseline_months") + 1
    return joined.with_columns(
        *(pl.when(hidden).then(None).otherwise(pl.col(name)).alias(name) for name in SIGNAL_NUMBERS),
        pl.when(hidden).then(pl.lit("cannot_tell")).otherwise(pl.col("signal")).alias("signal"),
        pl.when(hidden).then(pl.lit(HIDDEN_MONTH)).otherwise(pl.col("no_limits_reason")).alias("no_limits_reason"),
        hidden.alias("is_suppressed"),
    ).drop("months_shown")


def suppress_counts(frame: pl.DataFrame, count: str, k: int) -> pl.DataFrame:
    """`frame` with counts of 1 to k-1 people in column `count` emptied; is_suppressed says so."""
    small = pl.col(count).is_between(1, k - 1)
    return frame.with_columns(
        pl.when(small).then(None).otherwise(pl.col(count)).alias(count), small.alias("is_suppressed")
    )


def suppress_thin_follow_up(curves: pl.DataFrame, k: int) -> pl.DataFrame:
    """Curves of the impact stage, cut for both arms where fewer than `k` people of either are still at risk; small counts under the curve are emptied.

    The month after the last one at risk holds the end of the curve and no people; it goes with the months before it. People at risk, events and those
    who left observation add up to everybody who began, so a small count of events takes the count of those who left along, and the other way round. Where those who left
    would tell a small number of other events (leaving before a promotion) in any month, they are hidden in all of that arm's: the counts only grow, so a later one
    would tell an earlier one.
    """
    family = ["programme_id", "outcome"]
    thin = pl.col("month").filter(pl.col("people_at_risk").is_between(1, k - 1, closed="both")).min().over(family)
    began = pl.col("people_at_risk").first().over([*family, "arm"], order_by="month")
    rest = began - pl.col("people_at_risk") - pl.col("cumulative_events") - pl.col("cumulative_left")
    few = pl.col("cumulative_events").is_between(1, k - 1) | pl.col("cumulative_left").is_between(1, k - 1)
    others_few = few | (rest.is_between(1, k - 1).any().over([*family, "arm"]) & (pl.col("month") > 0))
    return (
        curves.filter(thin.is_null() | (pl.col("month") < thin))
        .with_columns(
            pl.when(few).then(None).otherwise(pl.col("cumulative_events")).alias("cumulative_events"),
            pl.when(others_few).then(None).otherwise(pl.col("cumulative_left")).alias("cumulative_left"),
        )
        .drop("events")
    )


def suppress_small_bins(overlap: pl.DataFrame, estimates: pl.DataFrame, k: int) -> pl.DataFrame:
    """Histograms of the chances to join, without bars of fewer than `k` people."""
    people = estimates.filter(pl.col("design") == "target_trial").select(
        "programme_id", "outcome", "n_treated", "n_control"
    )
    joined = overlap.join(people, on=["programme_id", "outcome"], how="left", maintain_order="left")
    shown = [
        pl.when((pl.col(share) * pl.col(count)).round(0).is_between(1, k - 1))
        .then(None)
        .otherwise(pl.col(share))
        .alias(share)
        for share, count in (("treated_share", "n_treated"), ("comparison_share", "n_control"))
    ]
    return joined.with_columns(shown).drop("n_treated", "n_control")


def suppression_summary(metric_values: pl.DataFrame) -> pl.DataFrame:
    """How many cells were published and how many were hidden, by reason."""
    return (
        metric_values.with_columns(
            pl.when(pl.col("is_suppressed")).then(pl.col("suppression_reason")).otherwise(pl.lit("shown")).alias("rule")
        )
        .group_by("rule")
        .agg(pl.len().alias("cells"))
        .with_columns(pl.lit("metric_values").alias("table_name"), (pl.col("rule") != "shown").alias("is_suppressed"))
        .sort("rule")
        .select("table_name", "rule", "cells", "is_suppressed")
    )
