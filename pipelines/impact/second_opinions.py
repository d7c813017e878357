"""The same question asked in other ways, beside the headline: a hazard model, a doubly robust estimate, and mentees beside the colleagues most like them.

None of them is a verdict of its own. Where they should agree and don't, the reader is told, and the headline is at most suggestive.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.cox import cox_regression
from pipelines.impact.doubly_robust import doubly_robust_difference, outcomes_by_the_horizon
from pipelines.impact.employment_records import EVENT, EmploymentRecords
from pipelines.impact.hidden_bias import rosenbaum_bound
from pipelines.impact.matching import match_risk_sets
from pipelines.impact.point_outcomes import PointEstimate
from pipelines.impact.regression import NotEstimable
from pipelines.impact.target_trial import PersonTrials
from pipelines.impact.trial_effects import TrialEffects, estimate_effects
from pipelines.impact.trial_weights import TrialWeights

COLLEAGUES = 5
LEAST_MATCHED = 30
LEAST_EITHER_WAY = 5
"""People with, and without, the event in each of the two groups of the picture: fewer could be worked out by name."""


@dataclass(frozen=True)
class HazardRatio:
    """ratio: of the event, with mentoring as it stood in the month; changes_p: that it is the same in all months."""

    ratio: float
    changes_p: float | None


def hazard_ratio(records: EmploymentRecords, outcome: Outcome) -> HazardRatio | None:
    """Hazards month by month; None where they can't be fitted."""
    month, begins = pl.col("month"), pl.col("start_month")
    since_eligible = records.panel.filter(month >= pl.col("month").filter("is_eligible").min().over("person_key"))
    spells = since_eligible.drop_nulls(list(records.declared)).with_columns(
        start=month.cast(pl.Float64),
        stop=month + 1.0,
        mentored=(begins.is_not_null() & (month >= begins)).cast(pl.Float64),
        event=(pl.col("event") == EVENT).cast(pl.Int64),
    )
    if outcome.event == "ramp_up":
        # the clock of a ramp-up is tenure: calendar months would compare the first week with the twentieth
        spells = spells.with_columns(start=pl.col("tenure_months"), stop=pl.col("tenure_months") + 1.0)
    columns = [
        "mentored",
        *(name for name in records.declared if not (outcome.event == "ramp_up" and name == "tenure_months")),
    ]
    try:
        fit = cox_regression(spells, columns)
    except NotEstimable:
        return None
    return HazardRatio(float(np.exp(fit.coefficients[0])), _change(spells, columns))


def _change(spells: pl.DataFrame, columns: list[str]) -> float | None:
    """p that the ratio of mentoring doesn't change over the months since its start; None where that can't be told."""
    since = (pl.col("month") - pl.col("start_month")).cast(pl.Float64)
    months = spells.with_columns(mentored_longer=pl.col("mentored") * since.fill_null(0.0))
    try:
        fit = cox_regression(months, [*columns, "mentored_longer"])
    except NotEstimable:
        return None
    return float(fit.table()["p_value"][-1])


@dataclass(frozen=True)
class Picture:
    """people: mentees with a counterpart. joined, colleagues: shares with the event by the horizon; low, high: 95 % of their difference. bound: `rosenbaum_bound` of the pairs, None where it isn't told."""

    people: int
    joined: float
    colleagues: float
    low: float
    high: float
    bound: float | None


def matched_picture(records: EmploymentRecords, trials: PersonTrials, weights: TrialWeights) -> Picture | None:
    """Mentees beside the five colleagues most like them in the month of their start; None where fewer than 30 have any, or so few had the event that they could be named."""
    try:
        matched, matches = match_risk_sets(trials, weights, ratio=COLLEAGUES)
        effects = estimate_effects(trials, matched, records.trial, cluster=records.clusters(trials.keys))
    except NotEstimable:
        return None
    people = records.clusters(trials.keys)[trials.person[(matched.baseline > 0) & trials.starts & trials.in_trial]]
    count = int(np.unique(people).size)
    last = effects.at([records.trial.horizon_months]).row(0, named=True)
    joined, colleagues = last["incidence_treated"], last["incidence_comparison"]
    fewest = min(count * joined, count * (1 - joined), effects.events_comparison)
    if count < LEAST_MATCHED or fewest < LEAST_EITHER_WAY:
        return None
    return Picture(count, joined, colleagues, last["ci_low"], last["ci_high"], _bound(records, trials, matches))


def _bound(records: EmploymentRecords, trials: PersonTrials, matches: pl.DataFrame) -> float | None:
    rows = np.flatnonzero(trials.in_trial)
    happened, is_known, _ = outcomes_by_the_horizon(trials, records.trial, rows)
    place = pl.DataFrame(
        {
            "person_key": trials.keys.gather(trials.person[rows]),
            "month": trials.month[rows],
            "happened": happened > 0,
            "is_known": is_known,
        }
    ).filter("is_known")
    nearest = (
        matches.sort("distance", "person_key", "matched_person_key")
        .unique(["person_key"], keep="first", maintain_order=True)
        .unique(["matched_person_key"], keep="first", maintain_order=True)
    )
    pairs = nearest.join(place, on=["person_key", "month"]).join(
        place, left_on=["matched_person_key", "month"], right_on=["person_key", "month"], suffix="_other"
    )
    counts = pairs.select(
        mentee_only=(pl.col("happened") & ~pl.col("happened_other")).sum(),
        other_only=(~pl.col("happened") & pl.col("happened_other")).sum(),
    ).row(0)
    try:
        return rosenbaum_bound(*counts)
    except NotEstimable:
        return None


def second_opinions(
    records: EmploymentRecords,
    outcome: Outcome,
    trials: PersonTrials,
    weights: TrialWeights,
    effects: TrialEffects,
) -> dict[str, Any]:
    """Columns of ESTIMATE_SCHEMA on the share with the outcome by the horizon, in its sign; null where a method can't be used.

    The shares of the picture are in whole per cents and its people in fives, so that a difference to the headline's own tells nobody.
    """
    hazards = hazard_ratio(records, outcome)
    found: dict[str, Any] = {
        "hazard_ratio": hazards.ratio if hazards else None,
        "hazards_change_p": hazards.changes_p if hazards else None,
    }
    if outcome.kind == "duration":
        return found
    stays = outcome.event == "retained"
    last = effects.at([outcome.horizon_months]).row(0, named=True)
    augmented = _augmented(records, trials, weights)
    if augmented is not None and last["std_error"]:
        found |= _in_the_outcomes_sign(augmented, counts_staying=stays)
        found["method_gap"] = abs(augmented.estimate - last["difference"]) / last["std_error"]
    picture = matched_picture(records, trials, weights)
    if picture is not None:
        shares = [1 - share if stays else share for share in (picture.joined, picture.colleagues)]
        low, high = (-picture.high, -picture.low) if stays else (picture.low, picture.high)
        found |= {
            "matched_people": 5 * (picture.people // 5),
            "matched_treated_mean": round(shares[0], 2),
            "matched_control_mean": round(shares[1], 2),
            "matched_low": low,
            "matched_high": high,
            "hidden_bias_bound": picture.bound,
        }
    return found


def _augmented(records: EmploymentRecords, trials: PersonTrials, weights: TrialWeights) -> PointEstimate | None:
    try:
        return doubly_robust_difference(trials, weights, records.trial, cluster=records.clusters(trials.keys))
    except NotEstimable:
        return None


def _in_the_outcomes_sign(found: PointEstimate, *, counts_staying: bool) -> dict[str, float]:
    limits = (-found.ci_high, -found.ci_low) if counts_staying else (found.ci_low, found.ci_high)
    return {
        "doubly_robust": -found.estimate if counts_staying else found.estimate,
        "doubly_robust_low": limits[0],
        "doubly_robust_high": limits[1],
    }
