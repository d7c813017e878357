"""A firm in which something that nobody measured makes people ask for a place and stay, as the marts give it: person-months, readings, applications."""

from dataclasses import dataclass

import numpy as np
import polars as pl

FIRST, MONTHS, LAST_ASKED = 24_000, 36, 23
INDEPENDENT = "commute"


@dataclass(frozen=True)
class Firm:
    """people: ever employed. exit_ratio: of the monthly chance to leave, with mentoring. trait: what a standard deviation of the unmeasured adds to the log odds to ask, and takes
    from the log chance to leave. likeness: correlation of the negative control with it. refused: share of those who ask that gets no place. leaving: log monthly chance to leave.
    """

    people: int = 2200
    exit_ratio: float = 1.0
    trait: float = 0.5
    likeness: float = 0.35
    refused: float = 0.5
    leaving: float = -3.9


def make_firm(firm: Firm, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Months as of `person_months` and readings as of `known_measures`: quality, which is measured, and the negative control."""
    rng = np.random.default_rng(seed)
    quality, hidden, noise = rng.normal(size=(3, firm.people))
    hired = rng.integers(-24, LAST_ASKED, firm.people)
    asked, left = np.full(firm.people, -1), np.full(firm.people, -1)
    gets = rng.random(firm.people) >= firm.refused
    for month in range(-24, MONTHS):
        here = (hired <= month) & (left < 0)
        if 0 <= month <= LAST_ASKED and month % 3 == 0:
            odds = np.exp(-2.6 + 0.6 * quality + firm.trait * hidden)
            asked[here & (hired < month) & (asked < 0) & (rng.random(firm.people) < odds / (1 + odds))] = month
        mentored = (asked >= 0) & gets
        chance = np.exp(firm.leaving - 0.4 * quality - firm.trait * hidden) * np.where(mentored, firm.exit_ratio, 1.0)
        leaves = here & (rng.random(firm.people) < chance)
        if month < 0:
            hired[leaves] = MONTHS  # gone before the record begins
        else:
            left[leaves] = month
    kept = hired < MONTHS
    control = firm.likeness * hidden + np.sqrt(1 - firm.likeness**2) * noise
    return _months(kept, hired, asked, left, gets), _readings(kept, hired, left, {"quality": quality, INDEPENDENT: control})  # fmt: skip


def _names(kept: np.ndarray) -> list[str]:
    return [f"p{number:05d}" for number in np.flatnonzero(kept)]


def _spans(kept: np.ndarray, hired: np.ndarray, left: np.ndarray, columns: dict[str, np.ndarray]) -> pl.DataFrame:
    """One row a person and month on record, counted from the first of the record."""
    last = np.where(left >= 0, left, MONTHS - 1)
    people = pl.DataFrame(
        {"person_key": _names(kept), "hired": hired[kept], "first": np.maximum(hired[kept], 0), "last": last[kept]}
    ).with_columns(**{name: pl.Series(values[kept]) for name, values in columns.items()})
    return people.with_columns(month=pl.int_ranges("first", pl.col("last") + 1)).explode("month").drop("first", "last")


def _months(kept: np.ndarray, hired: np.ndarray, asked: np.ndarray, left: np.ndarray, gets: np.ndarray) -> pl.DataFrame:
    rows = _spans(kept, hired, left, {"asked": asked, "left": left, "gets": gets})
    has_asked, month = pl.col("asked") >= 0, pl.col("month")
    return rows.select(
        "person_key",
        pl.format("{}:1", "person_key").alias("spell_key"),
        (month + FIRST).cast(pl.Int64).alias("month"),
        ((month % 3 == 0) & (month > pl.col("hired"))).alias("is_eligible"),
        (month - pl.col("hired")).cast(pl.Float64).alias("tenure_months"),
        pl.lit(3.0).alias("level_rank"),
        (month + FIRST - 1).cast(pl.Int64).alias("level_known_month"),
        (month == pl.col("left")).alias("leaves"),
        pl.when(month == pl.col("left")).then(pl.lit("voluntary")).alias("end_kind"),
        pl.lit(value=False).alias("is_promoted"),
        pl.when(has_asked & pl.col("gets")).then(pl.col("asked") + FIRST).cast(pl.Int64).alias("start_month"),
        pl.lit(value=False).alias("is_by_lot"),
        pl.lit(None, pl.Int64).alias("ramped_month"),
        pl.lit(None, pl.Int64).alias("last_reading_month"),
        pl.when(has_asked & ~pl.col("gets")).then(pl.col("asked") + FIRST).cast(pl.Int64).alias("refused_month"),
    )


def _readings(kept: np.ndarray, hired: np.ndarray, left: np.ndarray, values: dict[str, np.ndarray]) -> pl.DataFrame:
    rows = _spans(kept, hired, left, values)
    return pl.concat(
        rows.select(
            "person_key",
            pl.lit(name).alias("measure"),
            (pl.col("month") + FIRST).cast(pl.Int64).alias("month"),
            pl.col(name).alias("value"),
            (pl.col("month") + FIRST - 1).cast(pl.Int64).alias("known_month"),
            pl.col(name).alias("value_year_before"),
        )
        for name in values
    )
