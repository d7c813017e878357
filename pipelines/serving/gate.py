"""The gate of publishing: what is shown is audited, and where a reader could work a small group out, alone or with the last release, more is hidden."""

from dataclasses import dataclass

import polars as pl

from pipelines.serving.audit import Audit, audit
from pipelines.serving.disclosure import emptied, suppress_small_groups
from pipelines.serving.disclosure_rule import floor_of, with_complement
from pipelines.serving.releases import HELD, KEY, Changes, changes, held, remembered

PARTS = (pl.col("cohort_id") != "all") | (pl.col("segment_kind") != "all") | (pl.col("period_kind") == "month")
EVERYTHING = pl.lit(value=True)


@dataclass(frozen=True)
class Passed:
    """shown: metric_values as readers get them, with `held_since`; audit: what it found; remembered: what the next release is compared with."""

    shown: pl.DataFrame
    audit: Audit
    remembered: pl.DataFrame


def pass_gate(metric_values: pl.DataFrame, k: int, last: pl.DataFrame | None = None) -> Passed:
    """`metric_values` (with contributions) as they may be published beside what was `last` shown.

    Where the audit finds what the hiding overlooked, all parts of those metrics and programmes go, else the metrics altogether. Where not even that helps (in a programme
    of a few pairs plain counts tell a rate: eight pairs, eight active), what can be told is counted, and the page on quality says so.
    """
    k = floor_of(k)
    cells = metric_values.sort(KEY, nulls_last=True)
    contributions, cells = cells["contributions"], cells.drop("contributions")
    since = changes(with_complement(metric_values.sort(KEY, nulls_last=True)), last, k)
    shown, found = _audited(cells, k, since)
    if last is not None and since.few.any():
        alone = suppress_small_groups(cells, k)
        shown = held(shown, _is_emptied(shown) & ~_is_emptied(alone), last)
    else:
        shown = shown.with_columns(pl.lit(None, pl.Date).alias(HELD))
    return Passed(shown, found, remembered(shown, contributions, last))


def _is_emptied(shown: pl.DataFrame) -> pl.Series:
    return shown["n_people"].is_null()


def _audited(cells: pl.DataFrame, k: int, since: Changes) -> tuple[pl.DataFrame, Audit]:
    shown = suppress_small_groups(cells, k, since)
    found = audit(shown, cells, k, since)
    for which in (PARTS, EVERYTHING):
        if found.is_passed:
            break
        more = _without(shown, found, which, k)
        again = audit(more, cells, k, since)
        if again.is_passed or (which is PARTS and again.told.height < found.told.height):
            shown, found = more, again
    return shown, found


def _without(shown: pl.DataFrame, found: Audit, which: pl.Expr, k: int) -> pl.DataFrame:
    of = found.told.select("metric_id", "programme_id").unique().with_columns(pl.lit(value=True).alias("is_told"))
    marked = shown.join(of, on=["metric_id", "programme_id"], how="left", maintain_order="left")
    return emptied(marked, pl.col("is_told").fill_null(value=False) & which, k).drop("is_told")
