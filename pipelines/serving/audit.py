"""Can a reader work out what was hidden? Asked of the finished tables, by code that shares nothing with the hiding but the rule on what is too few.

The reader knows every number that is shown, that parts add up to their total, that a share and its rest add up to the whole, and which counts of different metrics are the
same. Whatever follows from one equation with one unknown becomes known, until nothing more does; then each secret count is placed between nothing and what the totals leave.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from pipelines.serving.disclosure_rule import PLACE, QUANTITIES, floor_of, sensitive, widths, with_complement
from pipelines.serving.releases import Changes

CELL = ("metric_id", *PLACE)
FAMILIES = (
    (("segment_kind", "segment_value"), ("segment_kind",), pl.col("segment_kind") != "all"),
    (("cohort_id",), (), pl.col("cohort_id") != "all"),
    (("period_kind", "period_start"), (), pl.col("period_kind") == "month"),
)
"""Per axis: the columns along which parts differ, those that keep one family of parts apart from another, and which cells are parts."""
EQUAL_IN = 3
CLOSE = 1e-4


@dataclass(frozen=True)
class Audit:
    """secrets: counts that must not be known. told: those that a reader can work out, or place too narrowly, with their cell and how. equations: what the reader knows."""

    secrets: int
    equations: int
    told: pl.DataFrame

    @property
    def is_passed(self) -> bool:
        return self.told.is_empty()


def audit(published: pl.DataFrame, truth: pl.DataFrame, k: int, since: Changes | None = None) -> Audit:
    """`published`: metric_values as readers get them, null where hidden. `truth`: the same cells with their numbers.

    since: what changed, per cell in the order of `CELL`: whoever kept the last release knows what is as it was, and must not learn what fewer than `k` people changed.
    """
    if published.height != truth.height:
        raise ValueError(f"{published.height} cells were published of {truth.height}; the audit needs the same cells")
    cells = with_complement(truth.sort(CELL, nulls_last=True)).with_row_index("cell")
    seen = with_complement(published.sort(CELL, nulls_last=True)).with_row_index("cell")
    shown = seen.unpivot(QUANTITIES, index="cell", variable_name="kind", value_name="seen").select(
        "cell", "kind", pl.col("seen").is_not_null().alias("is_shown")
    )
    counts = _counts(cells, k).join(shown, on=["cell", "kind"], how="left")
    if since is not None:
        counts = _with_what_was_known(counts, since, k)
    counts = counts.with_columns(pl.col("variable").rank("dense").cast(pl.Int64) - 1)
    size = int(counts["variable"].n_unique())
    values = np.zeros(size)
    values[counts["variable"].to_numpy()] = counts["count"].to_numpy()
    known = np.zeros(size, dtype=bool)
    known[counts.filter("is_shown")["variable"].to_numpy()] = True
    matrix = _equations(counts, size)
    closed = _closure(matrix, known)
    return _verdict(counts, values, closed, matrix, size)


def _counts(cells: pl.DataFrame, k: int) -> pl.DataFrame:
    """One row per cell and count: its place, value, variable (equal counts of different metrics share one), and how wide it must stay (0 = may be known)."""
    secret = sensitive(floor_of(k))
    width = dict(zip(QUANTITIES, widths(k), strict=True))
    rows = pl.concat([
        cells.select("cell", *CELL, pl.lit(name).alias("kind"), pl.col(name).cast(pl.Float64).round(6).alias("count"),
                     (secret[name].cast(pl.Float64) * width[name]).alias("width"))
        for name in QUANTITIES
    ]).filter(pl.col("count").is_not_null() & pl.col("count").is_not_nan())  # fmt: skip
    names = pl.concat_str("metric_id", pl.lit("/"), "kind")
    rows = rows.with_columns(names.alias("name"))
    rows = rows.with_columns(pl.col("name").replace(_same(rows)))
    return rows.with_columns(pl.struct("name", *PLACE, "count").rank("dense").alias("variable"))


def _with_what_was_known(counts: pl.DataFrame, since: Changes, k: int) -> pl.DataFrame:
    """`counts` where a cell that is as it was counts as shown, and a count that few people changed is a secret as wide as a group."""
    same = since.same.rename("same").to_frame().with_row_index("cell")
    secret = since.secret.with_row_index("cell").unpivot(index="cell", variable_name="kind", value_name="few")
    return (
        counts.join(same, on="cell", how="left")
        .join(secret, on=["cell", "kind"], how="left")
        .with_columns(
            (pl.col("is_shown") | pl.col("same")).alias("is_shown"),
            pl.max_horizontal("width", pl.col("few").fill_null(value=False).cast(pl.Float64) * (floor_of(k) - 1)).alias(
                "width"
            ),
        )
        .drop("same", "few")
    )


def _same(rows: pl.DataFrame) -> dict[str, str]:
    """Names of counts whose values agree in every place that both speak of (at least `EQUAL_IN` of them above nobody): one name each.

    A part of a share that is all of its whole there (everybody stayed) is as large as everything that its whole is as large as. Who sees those counts knows the whole by another
    name, and not that nobody is missing from it; only a plain count (open pairs, for mentees who have one) may be those people.
    """
    share = rows.filter(kind="complement")
    whole = rows.filter(kind="denominator").select("cell", pl.col("count").alias("whole"))
    is_part = pl.col("kind").is_in(["numerator", "complement"])
    is_plain = (pl.col("kind") == "numerator") & ~pl.col("metric_id").is_in(share["metric_id"].unique().to_list())
    told = rows.join(whole, on="cell", how="left").with_columns(
        (is_part & ~is_plain & (pl.col("count") == pl.col("whole"))).fill_null(value=False).alias("is_all"),
        is_plain.alias("is_plain"),
    )
    where = told.select("name", pl.struct(PLACE).rank("dense").alias("place"), "count", "is_all", "is_plain").unique()
    pairs = where.join(where, on="place", suffix="_other").filter(pl.col("name") < pl.col("name_other"))
    # that a metric's own part is all or nothing of its whole is what is hidden, not what a reader knows
    part = pl.col("name").str.contains("/(numerator|complement)$") | pl.col("name_other").str.contains(
        "/(numerator|complement)$"
    )
    own = pl.col("name").str.replace("/.*$", "") == pl.col("name_other").str.replace("/.*$", "")
    pairs = pairs.filter(~(own & part))
    by_chance = (pl.col("is_all") & ~pl.col("is_plain_other")) | (pl.col("is_all_other") & ~pl.col("is_plain"))
    is_equal = pl.col("count") == pl.col("count_other")
    agreed = (
        pairs.group_by("name", "name_other")
        .agg(
            is_equal.all().alias("is_equal"),
            ((pl.col("count") > 0) & ~by_chance).sum().alias("somebody"),
        )
        .filter(pl.col("is_equal") & (pl.col("somebody") >= EQUAL_IN))
    )
    chief = {name: name for name in where["name"].unique()}
    for one, other in agreed.select("name", "name_other").sort("name", "name_other").iter_rows():
        new, old = sorted((chief[one], chief[other]))
        chief = {name: new if top == old else top for name, top in chief.items()}
    return chief


def _equations(counts: pl.DataFrame, size: int) -> sparse.csr_array:
    """One row per equation: parts 1, total -1."""
    triples = list(_sums(counts)) + list(_wholes(counts))
    entries = [
        (row, variable, sign)
        for row, (parts, total) in enumerate(triples)
        for variable, sign in [*((part, 1.0) for part in parts), (total, -1.0)]
    ]
    if not entries:
        return sparse.csr_array((0, size))
    rows, columns, signs = zip(*entries, strict=True)
    return sparse.csr_array((signs, (rows, columns)), shape=(len(triples), size))


def _sums(counts: pl.DataFrame) -> Iterator[tuple[list[int], int]]:
    """Parts and total along each axis, where the parts do add up."""
    each = counts.unique(["name", *PLACE, "variable"])
    for along, apart, is_part in FAMILIES:
        fixed = [column for column in ("name", *PLACE) if column not in along]
        parts = each.filter(is_part).group_by([*fixed, *apart]).agg("variable", pl.col("count").sum().alias("together"))
        totals = each.filter(~is_part).select(*fixed, pl.col("variable").alias("total"), pl.col("count").alias("whole"))
        joined = parts.join(totals, on=fixed, nulls_equal=True).filter(
            (pl.col("together") - pl.col("whole")).abs() < CLOSE
        )
        yield from joined.select("variable", "total").iter_rows()


def _wholes(counts: pl.DataFrame) -> Iterator[tuple[list[int], int]]:
    """Numerator and complement with the denominator of each share."""
    wide = counts.pivot("kind", index="cell", values="variable")
    if "complement" in wide.columns:
        for numerator, rest, whole in (
            wide.drop_nulls("complement").select("numerator", "complement", "denominator").unique().iter_rows()
        ):
            yield [numerator, rest], whole


def _closure(matrix: sparse.csr_array, known: np.ndarray) -> np.ndarray:
    """What is known once every equation with one unknown has been solved, again and again."""
    touched = abs(matrix)
    while True:
        open_rows = touched @ (~known).astype(float) == 1
        solved = (touched.T @ open_rows.astype(float) > 0) & ~known
        if not solved.any():
            return known
        known = known | solved


def _verdict(counts: pl.DataFrame, values: np.ndarray, known: np.ndarray, matrix: sparse.csr_array, size: int) -> Audit:
    most = _most(matrix, values, known)
    width = np.zeros(size)
    np.maximum.at(width, counts["variable"].to_numpy(), counts["width"].to_numpy())
    is_narrow = ~known & (width > 0) & (most < width)
    is_told = known & (width > 0)
    how = np.where(is_told, "worked out", np.where(is_narrow, "placed too narrowly", ""))
    told = counts.with_columns(pl.Series("how", how[counts["variable"].to_numpy()])).filter(
        (pl.col("how") != "") & (pl.col("width") > 0)
    )
    return Audit(int((width > 0).sum()), matrix.shape[0], told.select(*CELL, "kind", "how").unique(maintain_order=True))


def _most(matrix: sparse.csr_array, values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Upper limit of each unknown count: what a known total leaves when the known parts are taken away. Infinite where no total is known; scores have no such limit."""
    most = np.full(values.size, np.inf)
    for start, end in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True):
        where, signs = matrix.indices[start:end], matrix.data[start:end]
        total, parts = where[signs < 0], where[signs > 0]
        if known[total].all() and (values[parts] >= 0).all():
            left = values[total].sum() - values[parts][known[parts]].sum()
            unknown = parts[~known[parts]]
            most[unknown] = np.minimum(most[unknown], left)
    return most
