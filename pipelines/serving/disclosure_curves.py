"""Curves move in steps: every number under a curve, and the curve itself, changes by nobody or by at least k people at once.

A share at a known number of people is a count: 210 of 211 stay at .9953. So the share stands still until enough events have come together for a step. The people at
risk are rounded, since what they lose from month to month is events, people who left observation, and others.
"""

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

ROUNDED_TO = 5
ARM = ("programme_id", "outcome", "arm")
OF_EVENTS = ("share", "ci_low", "ci_high", "cumulative_events")


def steps(counts: Sequence[float], k: int) -> list[int | None]:
    """Per month the month whose numbers are shown: the last at which `counts` (cumulative) had grown by at least `k`, and will again or not at all.

    None from the first event on where there are fewer than `k` in all: their number and the share can't be shown at any time.
    """
    last = max(counts, default=0)
    if 0 < last < k:
        return [month if count == 0 else None for month, count in enumerate(counts)]
    shown: list[int | None] = []
    at = 0
    for month, count in enumerate(counts):
        rest = last - count
        is_step = count - counts[at] >= k and (rest == 0 or rest >= k)
        if is_step or count == counts[at]:
            at = month
        shown.append(at)
    return shown


def suppress_curves(curves: pl.DataFrame, k: int) -> pl.DataFrame:
    """Curves of the impact stage (months of follow-up by programme, outcome and arm) as they may be published, without `events`.

    Cut for both arms where fewer than `k` people of either are still at risk. The month after the last one at risk holds the end of the curve and no people; it goes with
    the months before it.
    """
    family = ["programme_id", "outcome"]
    thin = pl.col("month").filter(pl.col("people_at_risk").is_between(1, k - 1, closed="both")).min().over(family)
    kept = curves.filter(thin.is_null() | (pl.col("month") < thin)).drop("events")
    arms = kept.sort(*ARM, "month").partition_by(ARM, maintain_order=True)
    stepped = pl.concat([_stepped(arm, k) for arm in arms]) if arms else kept
    order = kept.select(*ARM, "month")
    return order.join(stepped, on=[*ARM, "month"], how="left", maintain_order="left").select(kept.columns)


def _stepped(arm: pl.DataFrame, k: int) -> pl.DataFrame:
    """One arm, sorted by month."""
    of_events = steps(arm["cumulative_events"].to_list(), k)
    of_left = steps(arm["cumulative_left"].to_list(), k)
    return arm.with_columns(
        *(
            arm[name].gather(pl.Series(of_events, dtype=pl.UInt32)).alias(name)
            for name in OF_EVENTS
            if name in arm.columns
        ),
        arm["cumulative_left"].gather(pl.Series(of_left, dtype=pl.UInt32)).alias("cumulative_left"),
        (pl.col("people_at_risk") / ROUNDED_TO).round() * ROUNDED_TO,
    )


def step_sizes(counts: Sequence[float | None]) -> list[float]:
    """By how much shown counts grow, where they do."""
    shown = [count for count in counts if count is not None]
    return [after - before for before, after in pairwise(shown) if after != before]
