"""The memory of looks: on which day each outcome was judged, and what was said then."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from pipelines.impact.declaration import Declaration
from pipelines.impact.looks import Early, Look, look_for
from pipelines.warehouse import read_kept

IDENTITY = ("programme_id", "outcome", "looked_on")
LOOKS_SCHEMA: dict[str, Any] = {
    "programme_id": pl.String(),
    "outcome": pl.String(),
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
    own = taken.filter(pl.col("programme_id") == declaration.programme_id).sort("looked_on")
    found = {}
    for outcome in declaration.outcomes:
        rows = own.filter(pl.col("outcome") == outcome.outcome).to_dicts()
        earlier = [Look(row["look"], row["looked_on"], row["look_level"], row["looks_declared"]) for row in rows]
        found[outcome.outcome] = look_for(declaration.looks, earlier, as_of)
    return found


def noted_looks(taken: pl.DataFrame, estimates: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The looks taken before, and those that `estimates` show a figure of for the first time. What was said at a look stays as it was said."""
    shown = estimates.filter(pl.col("look").is_not_null() & pl.col("estimate").is_not_null())
    shown = shown.with_columns(first_said=pl.lit(as_of)).select(list(LOOKS_SCHEMA))
    new = shown.join(taken.select(IDENTITY), on=IDENTITY, how="anti")
    return pl.concat([taken, new]).sort("programme_id", "outcome", "looked_on")
