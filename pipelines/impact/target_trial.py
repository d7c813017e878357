"""A target trial in each month, nested in one record of who was where when: the question, the frame it needs, and what is refused.

For each month of the programme, eligible people who start in it are compared with eligible people who haven't yet. Both have the same time zero, and
covariates as they were known before it. Whoever starts later leaves the comparison on that day. Reference: Hernan & Robins (2016), American
Journal of Epidemiology 183; Hernan et al. (2008), Epidemiology 19 for the nesting; Danaei et al. (2013).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.impact.regression import NotEstimable, Vector

Matrix = NDArray[np.float64]
Rows = NDArray[np.int64]


class LookAheadError(ValueError):
    """A covariate is dated at or after time zero: it could be a result of what is to be estimated. The data are wrong, not thin."""


@dataclass(frozen=True)
class Covariate:
    """A numeric column of the panel. `known_month` names the column with the month in which the value became known; it must lie before `month`.

    None is only for what the row's own month fixes (calendar terms, tenure) or what never changes.
    """

    name: str
    known_month: str | None = None


@dataclass(frozen=True)
class TargetTrial:
    """The protocol, declared before results exist.

    first_month, last_month: trials start in these months, both included. horizon_months: follow-up is the month of time zero and those after it.
    cause: the event's code in `event`; every other code than 0 competes. estimand: "att" or "overlap". ipcw: reweight the comparison for having
    been cut at their own start; False only to show what that does.
    """

    covariates: tuple[Covariate, ...]
    first_month: int
    last_month: int
    horizon_months: int = 12
    cause: int = 1
    estimand: str = "att"
    ipcw: bool = True


@dataclass(frozen=True)
class PersonTrials:
    """Person-months sorted by person and month, all arrays of shape (rows,); a trial row is one with `in_trial`.

    person: place of the person. month. eligible: could start in this month. starts: does. last: last month on record. event: what happened in
    it, 0 nothing. start: month of the start, or far beyond. design: (rows, p), the constant first. off_record: people whose start lies in the programme's
    months but in no month of their record (a wrong date); ineligible: those who started without meeting the criteria then. Neither is a mentee here.
    """

    person: Rows
    month: Rows
    eligible: NDArray[np.bool_]
    starts: NDArray[np.bool_]
    in_trial: NDArray[np.bool_]
    last: Rows
    event: Rows
    start: Rows
    design: Matrix
    names: tuple[str, ...]
    keys: pl.Series
    off_record: int
    ineligible: int


NEVER = np.iinfo(np.int64).max // 2


def emulate(panel: pl.DataFrame, people: pl.DataFrame, trial: TargetTrial) -> PersonTrials:
    """Lay the trials out.

    panel: one row per person-month on record, no month missing between a person's first and last: person_key, month (integer), is_eligible (meets the
    criteria on the month's first day, apart from never having started before, which is added here), the covariates and their `known_month` columns.
    The enrolment model learns from the months from the first start to the last one, also beyond `last_month`, so that whoever is cut then is reweighted;
    months before anybody could start would teach it nothing and are left out. A column `belongs` marks the months in which somebody is asked about at all: who
    starts in another month is cut there, as everybody is, and counts neither as a mentee nor as one without a usable start.
    people: one row per person of the panel (others are ignored): person_key, start_month (null: never), event_month (null: none yet), event (code, 0 or null: none); the
    event falls in `event_month`, after a start in the same month.
    Raises LookAheadError where a covariate isn't older than time zero, NotEstimable on gaps, missing values or persons, undated events, or nobody in an arm.
    """
    _refuse_look_ahead(panel, trial)
    ordered = panel.sort("person_key", "month")
    keys = ordered["person_key"].unique(maintain_order=True)
    facts = _facts(keys, people)
    month = ordered["month"].cast(pl.Int64).to_numpy()
    person = ordered["person_key"].rle_id().cast(pl.Int64).to_numpy()
    _refuse_gaps(person, month, keys)
    begins = _whole(facts["start_month"], NEVER)
    happened = facts["event"].cast(pl.Int64).fill_null(0).to_numpy()
    final = month[np.append(np.flatnonzero(np.diff(person)), person.size - 1)]
    ends = np.where(happened != 0, _whole(facts["event_month"], NEVER), NEVER)
    _refuse_unrecorded_events(ends, final, keys)
    last, start = np.minimum(final, ends)[person], begins[person]
    known = begins[begins < NEVER]
    oldest, newest = int(known.min(initial=trial.first_month)), int(known.max(initial=trial.last_month))
    eligible = ordered["is_eligible"].fill_null(value=False).to_numpy() & (month >= oldest) & (month <= newest)
    eligible &= (month <= start) & (month <= last)
    in_trial, starts = eligible & (month >= trial.first_month) & (month <= trial.last_month), month == start
    if not (in_trial & starts).any() or not (in_trial & ~starts).any():
        raise NotEstimable("No month has both somebody who starts and somebody eligible who doesn't yet.")
    inside = (begins >= trial.first_month) & (begins <= trial.last_month)
    on_record = starts & inside[person]
    asked = on_record & ordered["belongs"].to_numpy() if "belongs" in ordered.columns else on_record
    names = tuple(covariate.name for covariate in trial.covariates)
    return PersonTrials(
        person=person,
        month=month,
        eligible=eligible,
        starts=starts,
        in_trial=in_trial,
        last=last,
        event=np.where(final >= ends, happened, 0)[person],
        start=start,
        design=_design(ordered, names, eligible),
        names=names,
        keys=keys,
        off_record=int(inside.sum() - on_record.sum()),
        ineligible=int(asked.sum() - (in_trial & starts).sum()),
    )


def _facts(keys: pl.Series, people: pl.DataFrame) -> pl.DataFrame:
    """One row per person of the panel, in its order."""
    unknown = keys.filter(~keys.is_in(people["person_key"].implode()))
    if unknown.len():
        raise NotEstimable(
            f"{unknown.len()} persons of the panel are missing in people, {unknown[0]} for one; nobody is taken as without start or event unasked."
        )
    undated = people.filter((pl.col("event").fill_null(0).cast(pl.Int64) != 0) & pl.col("event_month").is_null())
    if undated.height:
        raise NotEstimable(
            f"{undated.height} persons have an event without a month, {undated['person_key'][0]} for one."
        )
    facts = pl.DataFrame({"person_key": keys}).join(people, on="person_key", how="left", maintain_order="left")
    if facts.height != keys.len():
        raise NotEstimable(
            f"people has {facts.height - keys.len()} persons more than once; one row per person is needed."
        )
    return facts


def _whole(values: pl.Series, absent: int) -> Rows:
    return values.cast(pl.Int64).fill_null(absent).to_numpy()


def _refuse_look_ahead(panel: pl.DataFrame, trial: TargetTrial) -> None:
    for covariate in trial.covariates:
        if covariate.known_month is None:
            continue
        ahead = panel.filter(pl.col(covariate.known_month) >= pl.col("month"))
        if ahead.height:
            row = ahead.row(0, named=True)
            raise LookAheadError(
                f"{covariate.name} became known in month {row[covariate.known_month]} but is used at time zero in month {row['month']} "
                f"({ahead.height} rows). Take the last value known strictly before time zero."
            )


def _refuse_gaps(person: Rows, month: Rows, keys: pl.Series) -> None:
    broken = np.flatnonzero((np.diff(person) == 0) & (np.diff(month) != 1))
    if broken.size:
        row = int(broken[0])
        raise NotEstimable(
            f"{keys[int(person[row])]} has month {month[row]} followed by {month[row + 1]}; one row per month is needed "
            "(a rehire is another person here, or stays out)."
        )


def _refuse_unrecorded_events(ends: Rows, final: Rows, keys: pl.Series) -> None:
    late = np.flatnonzero((ends < NEVER) & (ends > final))
    if late.size:
        raise NotEstimable(
            f"{late.size} people have an event after their last month on record, {keys[int(late[0])]} for one; the panel needs that month."
        )


def _design(ordered: pl.DataFrame, names: tuple[str, ...], eligible: NDArray[np.bool_]) -> Matrix:
    design = np.ones((ordered.height, len(names) + 1))
    for j, name in enumerate(names, start=1):
        values: Vector = ordered[name].cast(pl.Float64).to_numpy()
        missing = int(np.isnan(values[eligible]).sum())
        if missing:
            raise NotEstimable(
                f"{name} is missing in {missing} eligible person-months; fill it with a value known then, and mark it."
            )
        design[:, j] = np.nan_to_num(values)
    return design
