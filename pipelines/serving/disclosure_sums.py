"""The published counts as one linear system: each distinct count a variable, each sum that holds between published cells a row.

Counts of two metrics that agree wherever both stand are one count with one variable, so that one mask holds for all metrics that show it. This is
found in the figures, not declared: a declaration can be forgotten, and a reader compares figures too.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse import csgraph

QUANTITIES = ("numerator", "denominator", "n_people", "complement")
PLACE = ("programme_id", "cohort_id", "segment_kind", "segment_value", "period_kind", "period_start")
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
    """The common key of counts that agree in all places (at least `AGREEMENTS` of somebody) where both stand."""
    keys = long["count_key"].unique().sort().to_list()
    number = {key: i for i, key in enumerate(keys)}
    at = long.with_columns(pl.col("count_key").replace_strict(number).alias("at"))
    agree = (
        at.join(at, on=PLACE, nulls_equal=True)
        .group_by("at", "at_right")
        .agg(
            (pl.col("count") == pl.col("count_right")).all().alias("equal"),
            (pl.col("count") > 0).sum().alias("somebody"),
        )
        .filter(pl.col("equal") & (pl.col("somebody") >= AGREEMENTS))
    )
    every, plain = ([number[key] for key in some if key in number] for some in _all_of_their_whole(long))
    one, other = pl.col("at"), pl.col("at_right")
    chance = (one.is_in(every) & ~other.is_in(plain)) | (other.is_in(every) & ~one.is_in(plain))
    agree = agree.filter(~chance | (one == other))
    pairs = (np.ones(agree.height), (agree["at"].to_numpy(), agree["at_right"].to_numpy()))
    _, label = csgraph.connected_components(sparse.csr_array(pairs, shape=(len(keys), len(keys))), directed=False)
    return {key: keys[int(np.argmax(label == one))] for key, one in zip(keys, label, strict=True)}


def _all_of_their_whole(long: pl.DataFrame) -> tuple[list[str], list[str]]:
    """Keys of parts of shares that are all of their whole wherever they stand (everybody stayed, nobody left), and of counts that are no share's part.

    Such a part agrees with whatever agrees with its whole. That isn't known from the whole: that nobody is missing is what the share tells, and what hiding it hides. A plain
    count may be the same people (pairs that are open, and mentees who have one).
    """
    wide = long.pivot("quantity", index=["cell", "metric_id"], values="count")
    if "complement" not in wide.columns:
        return [], []
    parts = ("numerator", "complement")
    told = wide.group_by("metric_id", maintain_order=True).agg(
        pl.col("complement").is_not_null().any().alias("is_share"),
        *((pl.col(part) == pl.col("denominator")).all().alias(part) for part in parts),
    )
    shares = told.filter("is_share")
    every = [f"{metric}.{part}" for part in parts for metric in shares.filter(part)["metric_id"]]
    return every, [f"{metric}.numerator" for metric in told.filter(~pl.col("is_share"))["metric_id"]]


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
