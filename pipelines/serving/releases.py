"""What two releases tell together: a figure is renewed when nobody, or at least k people, came, went or changed behind it; else the last one stays, with its day.

Who stands behind a figure is known by one number per person (`contributions`), kept beside the release in the managers' file. In a cell of more than `NUMBERS_OF_A_CELL` people they share
as many at most, so that two changes may pass for one and never one for two.
"""

from dataclasses import dataclass

import polars as pl

from pipelines.serving.disclosure_rule import PLACE, QUANTITIES

KEY = ("metric_id", *PLACE)
NUMBERS = ("numerator", "denominator", "n_people", "value", "ci_low", "ci_high")
KEPT = (*NUMBERS, "period_end", "definition_version", "contributions")
HELD = "held_since"
NUMBERS_OF_A_CELL = 4096
"""People whose numbers leave the same remainder share one where a cell has more people than this: macro contributions_of_cells in dbt_project/macros/contributions.sql."""
SHARED_FROM = 1024
"""A list of more numbers than this may be of people who share them, and is compared as if it were."""
APART = 11400714819323198485
"""Times the place among those with the same number, that is anonymous people with the same answer, so that they don't share one."""


@dataclass(frozen=True)
class Changes:
    """Per cell, in the order of the cells: `few` (bool; shown before, and 1 to k-1 people changed), `same` (bool; shown before, and nobody changed), `moved` (cells x `QUANTITIES`; the count isn't what was shown)."""

    few: pl.Series
    same: pl.Series
    moved: pl.DataFrame

    @property
    def secret(self) -> pl.DataFrame:
        """Cells x `QUANTITIES`: counts whose new value must not be known, for the old one is."""
        return self.moved.select(pl.col(name) & self.few for name in QUANTITIES)


def changes(cells: pl.DataFrame, last: pl.DataFrame | None, k: int) -> Changes:
    """Compare `cells` (metric_values with complement and contributions) with what was `last` shown; `remembered` made that."""
    if last is None or last.is_empty():
        nothing = pl.Series("few", [False]).new_from_index(0, cells.height)
        return Changes(nothing, nothing, pl.DataFrame(dict.fromkeys(QUANTITIES, nothing)))
    rest = pl.when(pl.col("numerator") <= pl.col("denominator")).then(pl.col("denominator") - pl.col("numerator"))
    before = last.with_columns(rest.alias("complement"), pl.lit(value=True).alias("was_shown"))
    both = (
        cells.select(*KEY, *QUANTITIES, "definition_version", "contributions")
        .with_row_index("cell")
        .join(before, on=[*KEY, "definition_version"], how="left", nulls_equal=True, suffix="_last")
        .sort("cell")
    )
    changed = _people_changed(both.filter("was_shown"))
    people = both.select("cell", "was_shown").join(changed, on="cell", how="left").sort("cell")["people"]
    was_shown = both["was_shown"].fill_null(value=False)
    moved = both.select(
        pl.col(name).ne_missing(pl.col(f"{name}_last")).and_(was_shown).alias(name) for name in QUANTITIES
    )
    return Changes(
        was_shown & people.is_between(1, k - 1).fill_null(value=False),
        was_shown & (people == 0).fill_null(value=False),
        moved,
    )


def _people_changed(both: pl.DataFrame) -> pl.DataFrame:
    """cell, people: who came or changed, or who went or changed, whichever are more. No more than really did, so that a figure is rather held than renewed."""
    names = ("contributions", "contributions_last")
    different = both.filter(pl.col("contributions").ne_missing(pl.col("contributions_last")))
    are_many = pl.any_horizontal(pl.col(name).list.len().fill_null(0) > SHARED_FROM for name in names)
    sides = [
        pl.concat([_numbers(different.filter(~are_many), name), _shared(_numbers(different.filter(are_many), name))])
        .group_by("cell", "who")
        .len(name)
        for name in names
    ]
    new, old = sides
    met = new.join(old, on=["cell", "who"], how="full", coalesce=True).with_columns(
        (
            pl.col("contributions").fill_null(0).cast(pl.Int64)
            - pl.col("contributions_last").fill_null(0).cast(pl.Int64)
        ).alias("more")
    )
    counted = met.group_by("cell").agg(
        pl.max_horizontal(pl.col("more").clip(0).sum(), (-pl.col("more")).clip(0).sum()).alias("people")
    )
    return both.select("cell").join(counted, on="cell", how="left").with_columns(pl.col("people").fill_null(0))


def _numbers(both: pl.DataFrame, name: str) -> pl.DataFrame:
    """cell, who: one row per number."""
    return both.select("cell", pl.col(name).alias("who")).explode("who").drop_nulls("who")


def _shared(numbers: pl.DataFrame) -> pl.DataFrame:
    """The numbers as the models share them, whether they were shared already or not. Sums and products stay within 64 bits by themselves, as there by the remainder."""
    place = pl.int_range(pl.len(), dtype=pl.UInt64).over("cell", "who")
    apart = numbers.with_columns(pl.col("who") + place * pl.lit(APART, pl.UInt64))
    remainder = pl.col("who") % NUMBERS_OF_A_CELL
    together = (pl.col("who") - remainder).sum() + remainder.first()
    return apart.group_by("cell", remainder.alias("remainder")).agg(together.alias("who")).select("cell", "who")


def held(shown: pl.DataFrame, waiting: pl.Series, last: pl.DataFrame) -> pl.DataFrame:
    """`shown` with the last numbers, their day as period_end and `held_since`, in the cells that are `waiting` and were shown last; `held_since` is null elsewhere."""
    both = shown.with_columns(waiting.alias("may")).join(
        last.select(*KEY, *NUMBERS, "period_end", "definition_version", pl.lit(value=True).alias("was_shown")),
        on=[*KEY, "definition_version"], how="left", nulls_equal=True, suffix="_last", maintain_order="left",
    )  # fmt: skip
    is_held = pl.col("may") & pl.col("was_shown").fill_null(value=False)
    kept = [pl.when(is_held).then(f"{name}_last").otherwise(name).alias(name) for name in (*NUMBERS, "period_end")]
    return both.with_columns(
        *kept,
        pl.when(is_held).then(None).otherwise(pl.col("suppression_reason")).alias("suppression_reason"),
        (pl.col("is_suppressed") & ~is_held).alias("is_suppressed"),
        pl.when(is_held).then("period_end_last").alias(HELD),
    ).select(*shown.columns, HELD)


def remembered(shown: pl.DataFrame, contributions: pl.Series, last: pl.DataFrame | None) -> pl.DataFrame:
    """What the next release is compared with: of every cell that was ever shown, the numbers of the last time, and who stood behind them then."""
    is_new = pl.any_horizontal(pl.col(name).is_not_null() for name in NUMBERS) & pl.col(HELD).is_null()
    fresh = shown.with_columns(contributions.alias("contributions")).filter(is_new).select(*KEY, *KEPT)
    earlier = (
        fresh.clear() if last is None else last.join(fresh, on=KEY, how="anti", nulls_equal=True).select(*KEY, *KEPT)
    )
    return pl.concat([fresh, earlier]).sort(KEY, nulls_last=True)


def as_hidden(shown: pl.DataFrame) -> pl.DataFrame:
    """`shown` without the numbers of an earlier release: what it tells of today's."""
    is_old = pl.col(HELD).is_not_null()
    return shown.with_columns(pl.when(is_old).then(None).otherwise(pl.col(name)).alias(name) for name in NUMBERS)
