"""The published counts as one linear system: each distinct count a variable, each sum that holds between published cells a row.

Counts of two metrics that agree wherever both stand are one count with one variable, so that one mask holds for all metrics that show it. This is
found in the figures, not declared: a declaration can be forgotten, and a reader compares figures too.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse import csgraph

from pipelines.serving.disclosure_rule import PLACE, QUANTITIES

VARIABLE = ("count_key", *PLACE, "count")
AGREEMENTS = 3
AXES: dict[str, tuple[pl.Expr, pl.Expr, tuple[str, ...]]] = {
    "segment": (
        pl.col("segment_kind") != "all",
        pl.col("segment_kind") == "all",
        ("count_key", "programme_id", "cohort_id", "period_kind", "period_start"),
    ),
    "cohort": (
        pl.col("cohort_id") != "all",
        pl.col("cohort_id") == "all",
        ("count_key", "programme_id", "segment_kind", "segment_value", "period_kind", "period_start"),
    ),
    "month": (
        pl.col("period_kind") == "month",
        pl.col("period_kind") == "to_date",
        ("count_key", "programme_id", "cohort_id", "segment_kind", "segment_value"),
    ),
}
"""Per axis: which cells are parts, which is their total, and the columns that both share."""
TOLERANCE = 1e-4
"""Person-months are rounded, and a year of them is twelve roundings."""


@dataclass(frozen=True)
class Counts:
    """Variables of all cells: `table` (variable, count_key, place, count), `of_cell` (cells x `QUANTITIES`, -1 = none)."""

    table: pl.DataFrame
    of_cell: np.ndarray

    @property
    def values(self) -> np.ndarray:
        """The true count of each variable."""
        return self.table["count"].to_numpy()

    def of(self, here: np.ndarray, showing: np.ndarray) -> "Counts":
        """Those of the counts `here` (bool per variable) and of the cells that show them (bool per cell)."""
        place = np.append(np.where(here, np.cumsum(here) - 1, -1), -1)
        return Counts(self.table.filter(pl.Series(here)), place[self.of_cell[showing]])

    def exposed(self, hidden: np.ndarray) -> np.ndarray:
        """Which variables some cell outside `hidden` (bool per cell) shows."""
        known = np.zeros(self.table.height, dtype=bool)
        seen = self.of_cell[~hidden].ravel()
        known[seen[seen >= 0]] = True
        return known

    def cells_showing(self, variables: np.ndarray) -> np.ndarray:
        """Bool per cell: shows one of the `variables` (bool per variable)."""
        return np.asarray((np.append(variables, False)[self.of_cell]).any(axis=1))


def count_variables(cells: pl.DataFrame) -> Counts:
    """The counts behind `cells` (metric_values with complement)."""
    own = pl.concat_str("metric_id", pl.lit("."), "quantity")
    long = (
        cells.select("metric_id", *PLACE, *(pl.col(name).cast(pl.Float64) for name in QUANTITIES))
        .with_row_index("cell")
        .unpivot(QUANTITIES, index=["cell", "metric_id", *PLACE], variable_name="quantity", value_name="count")
        .filter(pl.col("count").is_not_null() & pl.col("count").is_not_nan())
        .with_columns(own.alias("count_key"), pl.col("count").round(6))
    )
    long = long.with_columns(pl.col("count_key").replace(_one_key_each(long)))
    table = long.select(VARIABLE).unique(maintain_order=True).with_row_index("variable")
    placed = long.join(table, on=VARIABLE, nulls_equal=True)
    of_cell = np.full((cells.height, len(QUANTITIES)), -1)
    for i, name in enumerate(QUANTITIES):
        mine = placed.filter(pl.col("quantity") == name)
        of_cell[mine["cell"].to_numpy(), i] = mine["variable"].to_numpy()
    return Counts(table, of_cell)


def _one_key_each(long: pl.DataFrame) -> dict[str, str]:
    """The common key of counts that agree in all places (at least `AGREEMENTS` of somebody) where both stand, where they do so by chance not counted."""
    keys = long["count_key"].unique().sort().to_list()
    at = _with_chance(long).with_columns(
        pl.col("count_key").replace_strict({key: i for i, key in enumerate(keys)}).alias("at")
    )
    by_chance = (pl.col("is_all") & ~pl.col("is_plain_right")) | (pl.col("is_all_right") & ~pl.col("is_plain"))
    agree = (
        at.join(at, on=PLACE, nulls_equal=True)
        .group_by("at", "at_right")
        .agg(
            (pl.col("count") == pl.col("count_right")).all().alias("equal"),
            ((pl.col("count") > 0) & ~by_chance).sum().alias("somebody"),
        )
        .filter(pl.col("equal") & (pl.col("somebody") >= AGREEMENTS))
    )
    pairs = (np.ones(agree.height), (agree["at"].to_numpy(), agree["at_right"].to_numpy()))
    _, label = csgraph.connected_components(sparse.csr_array(pairs, shape=(len(keys), len(keys))), directed=False)
    return {key: keys[int(np.argmax(label == one))] for key, one in zip(keys, label, strict=True)}


def _with_chance(long: pl.DataFrame) -> pl.DataFrame:
    """`long` with is_all: the part of a share that is all of its whole there (everybody stayed, nobody left), and is_plain: a count that is no share's part.

    Such a part agrees with whatever agrees with its whole. That isn't known from the whole: that nobody is missing is what the share tells, and what hiding it hides. A plain
    count may be the same people (pairs that are open, and mentees who have one).
    """
    shares = long.filter(quantity="complement")["metric_id"].unique().to_list()
    whole = pl.col("count").filter(pl.col("quantity") == "denominator").first().over("cell")
    of_share = pl.col("quantity").is_in(["numerator", "complement"]) & pl.col("metric_id").is_in(shares)
    return long.with_columns(
        (of_share & (pl.col("count") == whole)).fill_null(value=False).alias("is_all"),
        ((pl.col("quantity") == "numerator") & ~of_share).alias("is_plain"),
    )


def sums_that_hold(table: pl.DataFrame) -> pl.DataFrame:
    """Every sum of `table`'s counts that is true: axis, total, part (variables), one row per part. Who adds and subtracts can rest on no other."""
    return pl.concat([_along(table, axis) for axis in AXES])


def _along(table: pl.DataFrame, axis: str) -> pl.DataFrame:
    is_part, is_total, family = AXES[axis]
    group = [*family, "segment_kind"] if axis == "segment" else [*family]
    parts = table.filter(is_part).with_columns(pl.col("count").sum().over(group).alias("together"))
    totals = table.filter(is_total).select(*family, pl.col("variable").alias("total"), pl.col("count").alias("whole"))
    return (
        parts.join(totals, on=family, nulls_equal=True)
        .filter((pl.col("together") - pl.col("whole")).abs() < TOLERANCE)
        .select(
            pl.lit(axis).alias("axis"),
            "total",
            pl.col("segment_kind").alias("kind"),
            pl.col("variable").alias("part"),
        )
    )


def as_matrix(sums: pl.DataFrame, variables: int) -> sparse.csr_array:
    """One row per sum: its parts less its total are zero."""
    rows = sums.select(pl.struct("axis", "total", "kind").rank("dense") - 1).to_series().to_numpy()
    heads = sums.with_columns(pl.Series("row", rows)).unique("row").sort("row")
    where = np.concatenate([rows, heads["row"].to_numpy()])
    what = np.concatenate([sums["part"].to_numpy(), heads["total"].to_numpy()])
    signs = np.concatenate([np.ones(sums.height), -np.ones(heads.height)])
    return sparse.csr_array((signs, (where, what)), shape=(heads.height, variables))


def shares_as_sums(shares: np.ndarray, variables: int) -> sparse.csr_array:
    """One row per share (rows of numerator, complement, denominator as variables): the two parts less the whole are zero."""
    rows = np.repeat(np.arange(len(shares)), 3)
    signs = np.tile([1.0, 1.0, -1.0], len(shares))
    return sparse.csr_array((signs, (rows, shares.ravel())), shape=(len(shares), variables))
