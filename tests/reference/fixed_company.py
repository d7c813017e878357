"""From a company as the generator writes it (one row per person, months counted from launch) to what the library takes."""

import numpy as np
import polars as pl

from pipelines.impact import Covariate, TargetTrial, hajek_difference

ALWAYS = ("perf", "engagement", "level1", "level2", "function1", "function2", "function3")
TENURE = ("tenure_0_2", "tenure_3_11", "tenure_24_35", "tenure_36")
CALENDAR = ("is_intake", "year")
LAST_TRIAL_MONTH, MONTHS = 23, 36

TRIAL = TargetTrial(tuple(Covariate(name) for name in ALWAYS + TENURE + CALENDAR), 0, LAST_TRIAL_MONTH)


def dummies(company: pl.DataFrame) -> pl.DataFrame:
    return company.with_columns(
        *((pl.col("level") == i).cast(pl.Float64).alias(f"level{i}") for i in (1, 2)),
        *((pl.col("function") == i).cast(pl.Float64).alias(f"function{i}") for i in (1, 2, 3)),
    )


def tenure_bands(months: pl.Expr) -> list[pl.Expr]:
    """Under 3, 3 to 11, (12 to 23 is the reference), 24 to 35, 36 and more."""
    cuts = (months < 3, (months >= 3) & (months < 12), (months >= 24) & (months < 36), months >= 36)
    return [cut.cast(pl.Float64).alias(name) for cut, name in zip(cuts, TENURE, strict=True)]


def panel(company: pl.DataFrame) -> pl.DataFrame:
    end = pl.min_horizontal(pl.col("exit_month") + pl.col("exited"), MONTHS)
    months = dummies(company).with_columns(month=pl.int_ranges(pl.col("obs_start"), end)).explode("month")
    return months.select(
        pl.col("id").alias("person_key"),
        "month",
        pl.lit(value=True).alias("is_eligible"),
        *ALWAYS,
        *tenure_bands(pl.col("month") - pl.col("hire_month")),
        (pl.col("month") - pl.col("hire_month") < 12).cast(pl.Float64).alias("tenure_under_12"),
        (pl.col("month") % 3 == 0).cast(pl.Float64).alias("is_intake"),
        (pl.col("month") / 12).alias("year"),
    )


def people(company: pl.DataFrame) -> pl.DataFrame:
    return company.select(
        pl.col("id").alias("person_key"),
        pl.when(pl.col("enrol_month") >= 0).then(pl.col("enrol_month")).alias("start_month"),
        pl.when(pl.col("exited") == 1).then(pl.col("exit_month")).alias("event_month"),
        pl.col("exited").alias("event"),
    )


def before_first_promotion(company: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Panel and people with promotion (1) as the event and exit (2) competing; the record ends with the first of both."""
    promoted = pl.col("promo_month") >= 0
    first = company.with_columns(
        event=pl.when(promoted).then(1).when(pl.col("exited") == 1).then(2).otherwise(0),
        event_month=pl.when(promoted).then(pl.col("promo_month")).otherwise(pl.col("exit_month")),
    )
    facts = people(first).drop("event", "event_month").hstack(first.select("event", "event_month"))
    facts = facts.with_columns(pl.when(pl.col("event") > 0).then(pl.col("event_month")).alias("event_month"))
    return panel(company), facts


def monthly_spells(company: pl.DataFrame) -> pl.DataFrame:
    """One row per person-month on the calendar's clock, with mentoring as it stood in that month, for the hazard model."""
    facts = company.select(pl.col("id").alias("person_key"), "enrol_month", "exit_month", "exited")
    month, started = pl.col("month"), pl.col("enrol_month")
    return (
        panel(company)
        .join(facts, on="person_key", how="inner")
        .with_columns(
            start=month.cast(pl.Float64),
            stop=month + 1.0,
            event=((pl.col("exited") == 1) & (pl.col("exit_month") == month)).cast(pl.Int64),
            mentored=((started >= 0) & (month >= started)).cast(pl.Float64),
        )
    )


def naive_comparisons(company: pl.DataFrame) -> dict[str, float]:
    """What must never be called an effect: shares still employed at the end, of those here at launch."""
    launch = company.filter(pl.col("obs_start") == 0)
    stayed = (launch["exited"] == 0).to_numpy().astype(float)
    ever = (launch["enrol_month"] >= 0).to_numpy()
    completed = ever & ((launch["exit_month"] - launch["enrol_month"]) >= 6).to_numpy()
    ones = np.ones(launch.height)
    gap = hajek_difference(stayed, ever, ones)
    mentees = company.filter(pl.col("enrol_month") >= 0)
    from_start = mentees.select((pl.col("exited") == 1) & (pl.col("exit_month") - pl.col("enrol_month") < 12))
    never = launch.filter(pl.col("enrol_month") < 0)
    from_launch = never.select((pl.col("exited") == 1) & (pl.col("exit_month") < 12))
    return {
        "ever_never_ret": gap.estimate,
        "ever_never_ret_se": gap.std_error,
        "completer_ret": hajek_difference(stayed, completed, ones).estimate,
        "clock_mismatch_12m": float(from_launch.to_series().mean() - from_start.to_series().mean()),
    }
