"""Disclosure control: what tells of too few people loses every number before it reaches a reader.

First the rule (`disclosure_rule`) says which counts must not be known. All cells that show such a count are hidden, whichever metric they belong
to. Then, as long as the sums of what is shown leave a hidden count within an interval narrower than k - 1 people, the neighbour that costs least
is hidden too.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse import csgraph

from pipelines.serving.disclosure_bounds import System, bounds, implied
from pipelines.serving.disclosure_rule import (
    QUANTITIES,
    floor_of,
    limits,
    not_shown,
    sensitive,
    widths,
    with_complement,
)
from pipelines.serving.disclosure_sums import (
    Counts,
    as_matrix,
    count_variables,
    shares_as_sums,
    sums_that_hold,
)
from pipelines.serving.releases import HELD, KEY, NUMBERS, Changes

HIDDEN = "fewer than {k} people, or a number that would give them away"
NOT_MEASURED = "not measured"
AS_LAST_SHOWN = "shown as in an earlier release, since too few people changed"
HIDDEN_MONTH = "a month has too few people to show"
LIMITS = ("baseline_mean", "mean_moving_range", "limit_low", "limit_high")
CHAIN = 6
"""Over how many sums a neighbour is looked for."""


def suppress_small_groups(metric_values: pl.DataFrame, k: int, since: Changes | None = None) -> pl.DataFrame:
    """`metric_values` without the numbers of cells that tell of fewer than `k` people, or that would give those away. Keys and row count stay.

    A cell of nobody is left as it is. since: what changed, per cell in the order of `KEY`; the new numbers of fewer than `k` people's change go too.
    """
    k = floor_of(k)
    cells = metric_values.sort(KEY, nulls_last=True)
    return emptied(cells, pl.Series("hide", hidden_cells(with_complement(cells), k, since)), k)


def emptied(cells: pl.DataFrame, hidden: pl.Series | pl.Expr, k: int) -> pl.DataFrame:
    """`cells` without the numbers of those that are `hidden` (bool per cell), with the one reason. What isn't measured says so however few people it would be of."""
    is_measured = ~pl.col("suppression_reason").str.starts_with(NOT_MEASURED).fill_null(value=False)
    reason = pl.lit(HIDDEN.format(k=floor_of(k)))
    return cells.with_columns(
        *(pl.when(hidden).then(None).otherwise(pl.col(column)).alias(column) for column in NUMBERS),
        pl.when(is_measured & hidden).then(reason).otherwise(pl.col("suppression_reason")).alias("suppression_reason"),
        (pl.col("is_suppressed") | hidden).alias("is_suppressed"),
    )


def hidden_cells(cells: pl.DataFrame, k: int, since: Changes | None = None) -> np.ndarray:
    """Bool per cell (metric_values with complement): hidden by the rule, or so that nothing hidden by it can be worked out."""
    counts = count_variables(cells)
    width = _protection(cells, counts, k)
    system, price = _system(cells, counts), _price(cells, counts)
    if since is not None:
        _raise(width, counts, since.secret.to_numpy() * (k - 1))
        # what is as it was shown is known, and hides nothing
        price[counts.exposed(~since.same.to_numpy())] = np.inf
    secret = width > 0
    hidden = counts.cells_showing(secret) | cells.select(not_shown(k)).to_series().to_numpy()
    if since is not None:
        hidden |= since.few.to_numpy()
    for here in _together(system.matrix, counts.of_cell):
        if secret[here].any():
            showing = counts.cells_showing(here)
            hidden[showing] = _protected(
                counts.of(here, showing), system.of(here), width[here], hidden[showing], price[here]
            )
    return hidden


def _together(matrix: sparse.csr_array, of_cell: np.ndarray) -> list[np.ndarray]:
    """The counts (bool per count) that hang together by sums or by standing in one cell, each group a system of its own."""
    first = of_cell.max(axis=1)
    links = [(first[column >= 0], column[column >= 0]) for column in of_cell.T]
    pairs = [np.concatenate(side) for side in zip(*links, strict=True)]
    size = matrix.shape[1]
    beside = sparse.csr_array((np.ones(pairs[0].size), (pairs[0], pairs[1])), shape=(size, size))
    _, label = csgraph.connected_components(abs(matrix).T @ abs(matrix) + beside, directed=False)
    return [label == one for one in np.unique(label)]


def _protected(counts: Counts, system: System, width: np.ndarray, hidden: np.ndarray, price: np.ndarray) -> np.ndarray:
    """`hidden` with the neighbours that keep every count of one system within an interval of at least its `width`."""
    while True:
        known = counts.exposed(hidden)
        low, high = bounds(system, counts.values, known)
        open_secrets = high - low < width
        more = np.zeros(known.size, dtype=bool)
        for _ in range(CHAIN if open_secrets.any() else 0):
            more = _neighbours(system, (low, high), open_secrets, known, price)
            more = more if more.any() else _larger(system, open_secrets, known, price)
            if more.any():
                break
            open_secrets = _beside(system, open_secrets)
        if not more.any():
            return hidden
        hidden = hidden | counts.cells_showing(more)


def _protection(cells: pl.DataFrame, counts: Counts, k: int) -> np.ndarray:
    """Per count: how wide the interval must be in which a reader can place it, 0 where it may be known."""
    flags = cells.select(rule.alias(name) for name, rule in sensitive(k).items()).to_numpy()
    width = np.zeros(counts.table.height)
    _raise(width, counts, flags * np.array(widths(k)))
    return width


def _raise(width: np.ndarray, counts: Counts, least: np.ndarray) -> None:
    """Widen, in place, each count's interval to the greatest that a cell asks for it (cells x `QUANTITIES`)."""
    placed = (least > 0) & (counts.of_cell >= 0)
    np.maximum.at(width, counts.of_cell[placed], least[placed])


def _system(cells: pl.DataFrame, counts: Counts) -> System:
    size = counts.table.height
    low, high = np.full(size, -np.inf), np.full(size, np.inf)
    known_low, known_high = limits(cells)
    placed = counts.of_cell >= 0
    np.maximum.at(low, counts.of_cell[placed], known_low[placed])
    np.minimum.at(high, counts.of_cell[placed], known_high[placed])
    numerator, denominator, _, complement = counts.of_cell.T
    shares = np.unique(np.column_stack([numerator, complement, denominator])[(complement >= 0)], axis=0)
    sums = as_matrix(sums_that_hold(counts.table), size)
    matrix = sparse.csr_array(sparse.vstack([sums, shares_as_sums(shares, size)]))
    parts_of = np.concatenate([shares[:, [0, 2]], shares[:, [1, 2]]])
    return System(matrix, low, high, np.unique(parts_of, axis=0), matrix @ counts.values)


def _price(cells: pl.DataFrame, counts: Counts) -> np.ndarray:
    """What hiding a count costs: the people of all cells that show it, whole programmes late, a cell of nobody last."""
    people = cells["n_people"].fill_null(0).to_numpy().astype(float)
    everybody = (cells["cohort_id"] == "all") & (cells["segment_kind"] == "all")
    cost = 1 + people + 1e6 * everybody.to_numpy() * (1 + 9 * (cells["period_kind"] == "to_date").to_numpy())
    cost[people == 0] = 1e9
    price = np.zeros(counts.table.height)
    for quantity in range(len(QUANTITIES)):
        placed = counts.of_cell[:, quantity] >= 0
        np.add.at(price, counts.of_cell[placed, quantity], cost[placed])
    return price


def _neighbours(
    system: System,
    reach: tuple[np.ndarray, np.ndarray],
    open_secrets: np.ndarray,
    known: np.ndarray,
    price: np.ndarray,
) -> np.ndarray:
    """Of every sum that leaves an open secret too narrow: the known count that costs least."""
    matrix = system.matrix
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    least, most = implied(system, *reach)
    low, high = reach
    tells = (least > low[matrix.indices] - 1e-6) & ~np.isinf(least) | (most < high[matrix.indices] + 1e-6)
    telling = np.zeros(matrix.shape[0], dtype=bool)
    telling[rows[open_secrets[matrix.indices] & tells]] = True
    offers = pl.DataFrame({"row": rows, "count": matrix.indices, "price": price[matrix.indices]}).filter(
        pl.Series(telling[rows] & known[matrix.indices] & np.isfinite(price[matrix.indices]))
    )
    chosen = offers.sort("price", "count").unique("row", keep="first", maintain_order=True)["count"].to_numpy()
    more = np.zeros(known.size, dtype=bool)
    more[chosen] = True
    return more


def _beside(system: System, counts: np.ndarray) -> np.ndarray:
    """`counts` and those in a sum with them: what tells a secret may stand a sum away."""
    rows = abs(system.matrix) @ counts.astype(float) > 0
    return counts | (abs(system.matrix).T @ rows.astype(float) > 0)


def _larger(system: System, open_secrets: np.ndarray, known: np.ndarray, price: np.ndarray) -> np.ndarray:
    """The known counts that an open secret is a part of: the last that can tell it."""
    more = np.zeros(known.size, dtype=bool)
    if system.parts_of.size:
        part, whole = system.parts_of.T
        more[whole[open_secrets[part]]] = True
        more[part[open_secrets[whole]]] = True
    return more & known & np.isfinite(price)


def suppress_signals(signals: pl.DataFrame, published: pl.DataFrame, k: int) -> pl.DataFrame:
    """Judged months (metrics.metric_signals) without what a month that isn't shown in `published`, the suppressed metric_values, could be worked out from.

    Limits rest on the months before: one hidden month hides them. The answer (above, below, within) of `k` people and more stays: it tells of the programme, and of nobody
    in it. Cells of which no month is published go.
    """
    key = ["metric_id", "programme_id", "cohort_id"]
    monthly = (pl.col("period_kind") == "month") & (pl.col("segment_kind") == "all")
    is_new = ~pl.col("is_suppressed") & pl.col(HELD).is_null()
    months = published.filter(monthly).select(*key, pl.col("period_start").alias("month"), is_new.alias("shown"))
    first = pl.col("period_start").dt.offset_by(pl.format("-{}mo", "baseline_months"))
    at = signals.select(*key, "period_start", first.alias("first")).join(months, on=key)
    shown = (
        at.filter(pl.col("month").is_between(pl.col("first"), pl.col("period_start")))
        .group_by(key)
        .agg(
            pl.col("shown").sum().alias("months_shown"),
            (pl.col("shown") & (pl.col("month") == pl.col("period_start"))).any().alias("is_month_shown"),
        )
    )
    joined = signals.join(shown, on=key, maintain_order="left")
    few = pl.col("n_people") < floor_of(k)
    hidden = pl.col("months_shown") < pl.col("baseline_months") + 1
    return joined.with_columns(
        *(pl.when(hidden).then(None).otherwise(pl.col(name)).alias(name) for name in LIMITS),
        *(pl.when("is_month_shown").then(pl.col(name)).alias(name) for name in ("value", "n_people")),
        pl.when(~few).then("rule"),
        pl.when(few).then(pl.lit("cannot_tell")).otherwise(pl.col("signal")).alias("signal"),
        pl.when(few).then(pl.lit(HIDDEN_MONTH)).otherwise(pl.col("no_limits_reason")).alias("no_limits_reason"),
        hidden.alias("is_suppressed"),
    ).drop("months_shown", "is_month_shown")


def suppress_counts(frame: pl.DataFrame, count: str, k: int, *, whole: Sequence[str] = ()) -> pl.DataFrame:
    """`frame` with counts of 1 to k-1 people in column `count` emptied; is_suppressed says so.

    whole: columns within which the sum of the counts is known to a reader. Where one count goes, the next smallest of the same whole go with it, until at least two and
    `k` people are hidden: the difference to the sum tells no small group.
    """
    hidden = frame.select(_with_neighbours(pl.col(count), k, whole).alias("hidden"))["hidden"]
    return frame.with_columns(
        pl.when(hidden).then(None).otherwise(pl.col(count)).alias(count), hidden.alias("is_suppressed")
    )


def _with_neighbours(people: pl.Expr, k: int, whole: Sequence[str]) -> pl.Expr:
    """Bool per row: 1 to k-1 `people`, or one of the smallest beside such a row of the same `whole`."""
    small = people.is_between(1, k - 1).fill_null(value=False)
    if not whole:
        return small
    some = pl.when(people > 0).then(people)
    place = some.rank("ordinal")
    in_order = some.sort(nulls_last=True)
    smaller = (in_order.cum_sum() - in_order).gather(place - 1)
    beside = (small.any() & ((place <= 2) | (smaller < k))).fill_null(value=False)
    return (small | beside).over(whole)


def suppress_costs(costs: pl.DataFrame, k: int) -> pl.DataFrame:
    """`costs` without amounts and hours of people's time where fewer than `k` people's time stands behind an item, nor those of its neighbour in the same period."""
    timed = pl.col("cost_kind") == "meeting_time"
    small = (timed & pl.col("n_people").is_between(1, k - 1)).any().over("programme_id", "period_kind") & timed
    emptied = [
        pl.when(small).then(None).otherwise(pl.col(name)).alias(name)
        for name in ("amount", "hours", "n_people", "entries")
    ]
    return costs.with_columns(*emptied, small.alias("is_suppressed"))


def suppress_small_bins(overlap: pl.DataFrame, estimates: pl.DataFrame, k: int) -> pl.DataFrame:
    """Histograms of the chances to join, without bars of fewer than `k` people; bars of an arm add up to all of it, so none goes alone. Nothing is shown of an arm of unknown size."""
    of = ["programme_id", "outcome"]
    people = estimates.filter(pl.col("design") == "target_trial").select(*of, "n_treated", "n_control")
    joined = overlap.join(people, on=of, how="left", maintain_order="left")
    shown = [
        pl.when(_with_neighbours((pl.col(share) * pl.col(size)).round(0), k, of) | pl.col(size).is_null())
        .then(None)
        .otherwise(pl.col(share))
        .alias(share)
        for share, size in (("treated_share", "n_treated"), ("comparison_share", "n_control"))
    ]
    return joined.with_columns(shown).drop("n_treated", "n_control")


def suppression_summary(metric_values: pl.DataFrame) -> pl.DataFrame:
    """How many cells were published and how many were hidden, by reason."""
    return (
        metric_values.with_columns(
            pl.when("is_suppressed")
            .then("suppression_reason")
            .when(pl.col(HELD).is_not_null())
            .then(pl.lit(AS_LAST_SHOWN))
            .otherwise(pl.lit("shown"))
            .alias("rule")
        )
        .group_by("rule")
        .agg(pl.len().alias("cells"))
        .with_columns(
            pl.lit("metric_values").alias("table_name"),
            (~pl.col("rule").is_in(["shown", AS_LAST_SHOWN])).alias("is_suppressed"),
        )
        .sort("rule")
        .select("table_name", "rule", "cells", "is_suppressed")
    )
