"""The memory of looks: on which day each outcome was judged, and what was said then."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from pipelines.contracts.declared_outcomes import Declaration, Outcome
from pipelines.impact.looks import Early, Look, look_for, lottery_plan
from pipelines.impact.lotteries import Lottery
from pipelines.impact.programme_effects import ALL_COHORTS
from pipelines.impact.rollouts import Rollout
from pipelines.impact.verdicts import POLICY
from pipelines.warehouse import read_kept

PLANNED_SINCE = (2026, 8)
"""The first policy by which a lottery is judged at planned looks; before it each wave was judged when it came in."""
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


def at_its_looks(lottery: Lottery, declaration: Declaration, taken: pl.DataFrame, as_of: date) -> Lottery:
    """The lottery with what of it may be judged on the day `as_of`. What versions said that judged each wave as it came spent nothing of today's plan."""
    started = dict.fromkeys(declaration.outcomes, lottery.started_on or as_of)
    return replace(lottery, looks=_planned(lottery.cohort_id, declaration, taken, as_of, started))


def rollout_at_its_looks(rollout: Rollout, declaration: Declaration, taken: pl.DataFrame, as_of: date) -> Rollout:
    """The staggered rollout with what of it may be judged on the day `as_of`: once, when the horizon of the last start at which somebody waits is over."""
    started = {outcome: rollout.last_start(outcome) or as_of for outcome in declaration.outcomes}
    return replace(rollout, looks=_planned(rollout.cohort_id, declaration, taken, as_of, started))


def _planned(
    cohort_id: str, declaration: Declaration, taken: pl.DataFrame, as_of: date, started: Mapping[Outcome, date]
) -> Mapping[str, Look | Early]:
    """By outcome, the look that holds. started: by outcome, from when its horizon counts."""
    of_cohort = pl.col("cohort_id") == cohort_id
    own = taken.filter((pl.col("programme_id") == declaration.programme_id) & of_cohort).sort("looked_on")
    looks = {}
    for outcome in declaration.outcomes:
        rows = own.filter(pl.col("outcome") == outcome.outcome).to_dicts()
        days = {row["looked_on"]: row for row in rows if _has_plan(row["policy_version"])}
        earlier = [Look(row["look"], day, row["look_level"], row["looks_declared"]) for day, row in days.items()]
        plan = lottery_plan(declaration.looks, started[outcome], outcome.horizon_months, POLICY.late_answer_months)
        looks[outcome.outcome] = look_for(plan, earlier, as_of)
    return looks


def _has_plan(policy_version: str | None) -> bool:
    """Whether lotteries had looks of their own by then."""
    return policy_version is not None and tuple(int(part) for part in policy_version.split(".")) >= PLANNED_SINCE


def noted_looks(taken: pl.DataFrame, estimates: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The looks taken before, and those that `estimates` show a figure of for the first time. What was said at a look stays as it was said.

    Of a lottery each arm and wave is noted at each look.
    """
    shown = estimates.filter(pl.col("look").is_not_null() & pl.col("estimate").is_not_null())
    shown = shown.with_columns(first_said=pl.lit(as_of))
    told = shown.select(pl.col(name).cast(kind) for name, kind in LOOKS_SCHEMA.items())
    new = told.filter(~told.select(_identity())["identity"].is_in(taken.select(_identity())["identity"].implode()))
    return pl.concat([taken, new]).sort("programme_id", "outcome", "looked_on", "cohort_id", "arm", "wave")


def _is_by_lot() -> pl.Expr:
    """Looks at a lottery's cohort; the others are at all that weren't randomised, as were those of earlier versions, which named no cohort."""
    return pl.col("cohort_id").fill_null(ALL_COHORTS) != ALL_COHORTS


def _identity() -> pl.Expr:
    """What one look is: of a comparison its day, of a lottery its cohort, arm, wave and number."""
    lottery = pl.concat_str(pl.col("cohort_id", "arm", "wave").fill_null(""), pl.col("look"), separator="|")
    place = pl.when(_is_by_lot()).then(lottery).otherwise(pl.col("looked_on").cast(pl.String))
    return pl.concat_str("programme_id", "outcome", place, separator="|").alias("identity")
