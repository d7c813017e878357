"""From a programme's person-months to the frames of a target trial: what is waited for, who could start when, covariates as they were known.

The unit is an employment spell (a rehire is another one); for promotions a spell's time since the last promotion, so that somebody promoted two years ago
can be compared again. Errors are shared by person, since one person may have several units.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.missing import finite
from pipelines.impact.person_months import NOBODY, Others
from pipelines.impact.regression import NotEstimable
from pipelines.impact.target_trial import Covariate, TargetTrial

FIXED_BY_THE_MONTH = ("tenure_months",)
MOST_INTAKES_WITH_OWN_TERM = 6
EVENT, COMPETING = 1, 2


@dataclass(frozen=True)
class EmploymentRecords:
    """panel and people as `emulate` takes them; trial: the protocol. persons: person of each unit by its key, for clustering.

    declared: the covariates that were declared, the others being calendar terms. without_covariates: mentees whose covariates weren't known at their
    start. too_recent: mentees whose follow-up isn't over. is_window_over: False where no start can be followed to the horizon yet. others: people on record
    beside those of the panel.
    """

    panel: pl.DataFrame
    people: pl.DataFrame
    trial: TargetTrial
    declared: tuple[str, ...]
    without_covariates: int
    too_recent: int
    is_window_over: bool
    others: Others = NOBODY

    def clusters(self, keys: pl.Series) -> NDArray[np.generic]:
        """The person of each unit, in the order of `keys`, shape (units,)."""
        persons = pl.DataFrame({"person_key": keys}).join(
            self.people.select("person_key", "person"), on="person_key", how="left", maintain_order="left"
        )
        return persons["person"].to_numpy()


def employment_records(
    months: pl.DataFrame,
    measures: pl.DataFrame,
    outcome: Outcome,
    covariates: tuple[str, ...],
    negative_control: str | None = None,
    others: Others = NOBODY,
) -> EmploymentRecords:
    """Lay out one programme and outcome.

    months: `person_months` of one programme. measures: `known_measures` of them. covariates: names of measures, or tenure_months, or level_rank.
    negative_control: a measure that isn't one of them; its value a year before each month is kept. others: people on record who aren't in `months`. Units whose
    mentoring began before they did are left out.
    Raises NotEstimable where a covariate is unknown, or nobody is left.
    """
    if outcome.event is None:
        raise ValueError(f"{outcome.outcome} isn't waited for in employment records.")
    rows = _until_the_event(months, outcome.event)
    measures = measures.with_columns(finite(pl.col("value", "value_year_before")))
    rows, known = _with_covariates(rows, measures, covariates)
    rows = _with_control(rows, measures, negative_control)
    rows = _starts_within_units(rows)
    starts = pl.col("month") == pl.col("start_month")
    complete = (
        pl.all_horizontal(pl.col(name).is_not_null() for name in covariates) if covariates else pl.lit(value=True)
    )
    without = rows.filter(pl.col("is_eligible") & starts & ~complete)["person"].n_unique()
    rows = rows.with_columns(is_eligible=pl.col("is_eligible") & complete)
    last = _end_of_record(rows, others) - outcome.horizon_months + 1
    eligible_starts = rows.filter(pl.col("is_eligible") & starts)
    if eligible_starts.is_empty():
        raise NotEstimable("Nobody began in a month of their record in which they met the programme's rule.")
    too_recent = eligible_starts.filter(pl.col("month") > last)["person"].n_unique()
    intakes = eligible_starts["month"].unique().sort().to_list()
    followed = [month for month in intakes if month <= last]
    if not followed:
        return EmploymentRecords(
            rows, _people(rows), TargetTrial((), 0, 0), covariates, without, too_recent, False, others
        )
    # later intakes are in no trial, but whoever of the comparison starts in one is cut then, and the enrolment model has to know how likely that was
    rows = rows.with_columns(is_eligible=pl.col("is_eligible") & pl.col("month").is_in(intakes))
    rows, terms = _calendar(rows, intakes)
    trial = TargetTrial(
        covariates=(*known, *(Covariate(name) for name in terms)),
        first_month=followed[0],
        last_month=followed[-1],
        horizon_months=outcome.horizon_months,
    )
    return EmploymentRecords(rows, _people(rows), trial, covariates, without, too_recent, True, others)


def _end_of_record(rows: pl.DataFrame, others: Others) -> int:
    """The last month in which anybody was on record; 0 where nobody ever was."""
    return max(int(rows["month"].to_numpy().max()) if rows.height else 0, others.last_month or 0)


def _until_the_event(months: pl.DataFrame, event: str) -> pl.DataFrame:
    """Rows of each unit up to its event: person_key is the unit's key from here on, `person` the person."""
    rows = months.sort("spell_key", "month").rename({"person_key": "person"})
    left = pl.when("leaves").then(COMPETING).otherwise(0)
    unit = pl.col("spell_key")
    if event == "retained":
        code = pl.when("leaves").then(EVENT).otherwise(0)
    elif event == "left_voluntarily":
        own = pl.col("end_kind") == "voluntary"
        code = pl.when(pl.col("leaves") & own).then(EVENT).otherwise(left)
    elif event == "promoted":
        episode = pl.col("is_promoted").cast(pl.Int64).cum_sum().shift(1, fill_value=0).over("spell_key")
        unit = pl.concat_str("spell_key", episode, separator="/")
        code = pl.when("is_promoted").then(EVENT).otherwise(left)
    else:
        rows = rows.filter(
            pl.col("last_reading_month").is_not_null()
            & (pl.col("month") <= pl.max_horizontal("last_reading_month", "ramped_month"))
            & (pl.col("ramped_month").is_null() | (pl.col("month") <= pl.col("ramped_month")))
        )
        code = pl.when(pl.col("month") == pl.col("ramped_month")).then(EVENT).otherwise(left)
    return rows.with_columns(unit.alias("person_key"), code.alias("event"))


def _with_covariates(
    rows: pl.DataFrame, measures: pl.DataFrame, covariates: tuple[str, ...]
) -> tuple[pl.DataFrame, list[Covariate]]:
    found = []
    for name in covariates:
        if name in FIXED_BY_THE_MONTH:
            found.append(Covariate(name))
        elif name == "level_rank":
            found.append(Covariate(name, "level_known_month"))
        else:
            own = measures.filter(pl.col("measure") == name)
            if own.is_empty():
                raise NotEstimable(
                    f"The covariate {name} was declared, but no source delivers it; add it to person_measures or declare another."
                )
            own = own.select(
                pl.col("person_key").alias("person"),
                "month",
                pl.col("value").alias(name),
                pl.col("known_month").alias(f"{name}_known_month"),
                pl.col("value_year_before").alias(f"{name}_year_before"),
            )
            rows = rows.drop(name, strict=False).join(own, on=["person", "month"], how="left", maintain_order="left")
            found.append(Covariate(name, f"{name}_known_month"))
    return rows, found


def _with_control(rows: pl.DataFrame, measures: pl.DataFrame, control: str | None) -> pl.DataFrame:
    """The control's value a year before each month; a control that no source delivers adds nothing, and is told as untested."""
    if control is None or f"{control}_year_before" in rows.columns:
        return rows
    own = measures.filter(pl.col("measure") == control).select(
        pl.col("person_key").alias("person"), "month", pl.col("value_year_before").alias(f"{control}_year_before")
    )
    return rows.join(own, on=["person", "month"], how="left", maintain_order="left")


def _starts_within_units(rows: pl.DataFrame) -> pl.DataFrame:
    """Start months only where the start lies in the unit's own months; units after the start, in another unit of the person, are left out."""
    begins, first, last = pl.col("start_month"), pl.col("month").min(), pl.col("month").max()
    holds = (begins >= first) & (begins <= last)
    by_unit = rows.group_by("person_key", maintain_order=True).agg(
        pl.col("person").first(), begins.first(), holds.first().alias("holds"), (begins < first).first().alias("after")
    )
    elsewhere = by_unit.filter("holds").select("person").unique()
    by_unit = by_unit.join(elsewhere.with_columns(is_elsewhere=True), on="person", how="left", maintain_order="left")
    is_elsewhere = pl.col("is_elsewhere").fill_null(value=False)
    kept = by_unit.filter(~(pl.col("after").fill_null(value=False) & is_elsewhere)).select(
        "person_key",
        own_start=pl.when(pl.col("holds").fill_null(value=False) | ~is_elsewhere).then(begins),
    )
    return (
        rows.join(kept, on="person_key", how="inner", maintain_order="left")
        .with_columns(start_month=pl.col("own_start"))
        .drop("own_start")
    )


def _calendar(rows: pl.DataFrame, intakes: list[int]) -> tuple[pl.DataFrame, list[str]]:
    """A term for each intake but the first, or a trend and its square where people start nearly every month."""
    if len(intakes) <= MOST_INTAKES_WITH_OWN_TERM:
        terms = [f"intake_{month // 12}_{month % 12 + 1:02d}" for month in intakes[1:]]
        columns = [
            (pl.col("month") == month).cast(pl.Float64).alias(term)
            for month, term in zip(intakes[1:], terms, strict=True)
        ]
        return rows.with_columns(columns), terms
    years = (pl.col("month") - intakes[0]) / 12
    return rows.with_columns(calendar_years=years, calendar_years_squared=years**2), [
        "calendar_years",
        "calendar_years_squared",
    ]


def _people(rows: pl.DataFrame) -> pl.DataFrame:
    happened = rows.filter(pl.col("event") != 0).select("person_key", event_month="month", event="event")
    return (
        rows.group_by("person_key", maintain_order=True)
        .agg(pl.col("person").first(), pl.col("start_month").first())
        .join(happened, on="person_key", how="left", maintain_order="left")
    )
