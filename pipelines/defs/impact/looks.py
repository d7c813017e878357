"""The memory of looks: on which day each outcome was judged, and what was said then."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from pipelines.contracts.declared_outcomes import Declaration
from pipelines.impact.looks import Early, Look, look_for
from pipelines.impact.programme_effects import ALL_COHORTS
from pipelines.warehouse import read_kept

LOTTERY_LEVEL = 0.05
"""A wave of a lottery is judged once, at the whole level; its correction over arms and waves is in its p-value."""
LOOKS_SCHEMA: dict[str, Any] = {
    "programme_id": pl.String(),
    "outcome": pl.String(),
    "cohort_id": pl.String(),
    "arm": pl.String(),
    "wave": pl.String(),
    "look": pl.Int64(),
    "looks_declared": pl.Int64(),
    "look_level": pl.Float64(),
    "looked_on": pl.Date(),
    "first_said": pl.Date(),
    "estimate": pl.Float64(),
    "ci_low": pl.Float64(),
    "ci_high": pl.Float64(),
    "verdict": pl.String(),
    "declaration_hash": pl.String(),
    "policy_version": pl.String(),
}


def looks_taken(warehouse: Any) -> pl.DataFrame:
    """Every look at which a figure was shown, as it was said first."""
    return read_kept(warehouse, "impact.looks", LOOKS_SCHEMA)


def looks_of(declaration: Declaration, taken: pl.DataFrame, as_of: date) -> Mapping[str, Look | Early]:
    """By outcome, what may be judged on the day `as_of`."""
    own = taken.filter((pl.col("programme_id") == declaration.programme_id) & ~_is_by_lot()).sort("looked_on")
    found = {}
    for outcome in declaration.outcomes:
        rows = own.filter(pl.col("outcome") == outcome.outcome).to_dicts()
        earlier = [Look(row["look"], row["looked_on"], row["look_level"], row["looks_declared"]) for row in rows]
        found[outcome.outcome] = look_for(declaration.looks, earlier, as_of)
    return found


def noted_looks(taken: pl.DataFrame, estimates: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The looks taken before, and those that `estimates` show a figure of for the first time. What was said at a look stays as it was said.

    Each arm and wave of a lottery is a look of its own, taken on the first day on which its figure is shown.
    """
    is_lottery = pl.col("design") == "lottery"
    shown = estimates.filter((pl.col("look").is_not_null() | is_lottery) & pl.col("estimate").is_not_null())
    once = {"look": 1, "looks_declared": 1, "look_level": LOTTERY_LEVEL, "looked_on": as_of}
    shown = shown.with_columns(
        *(pl.when(is_lottery).then(pl.lit(value)).otherwise(pl.col(name)).alias(name) for name, value in once.items()),
        first_said=pl.lit(as_of),
    )
    told = shown.select(pl.col(name).cast(kind) for name, kind in LOOKS_SCHEMA.items())
    new = told.filter(~told.select(_identity())["identity"].is_in(taken.select(_identity())["identity"].implode()))
    return pl.concat([taken, new]).sort("programme_id", "outcome", "looked_on", "cohort_id", "arm", "wave")


def _is_by_lot() -> pl.Expr:
    """Looks at a lottery's cohort; the others are at all that weren't randomised, as were those of earlier versions, which named no cohort."""
    return pl.col("cohort_id").fill_null(ALL_COHORTS) != ALL_COHORTS


def _identity() -> pl.Expr:
    """What one look is: of a comparison its day, of a lottery its cohort, arm and wave."""
    lottery = pl.concat_str(pl.col("cohort_id", "arm", "wave").fill_null(""), separator="|")
    place = pl.when(_is_by_lot()).then(lottery).otherwise(pl.col("looked_on").cast(pl.String))
    return pl.concat_str("programme_id", "outcome", place, separator="|").alias("identity")
