"""All declared outcomes of one programme: each by the best design that its data allow, corrected for their number, with a verdict or a refusal."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from pipelines.contracts.declared_outcomes import Declaration, Outcome
from pipelines.impact.employment_records import employment_records
from pipelines.impact.estimate_rows import ESTIMATE_SCHEMA, identity, looked, with_verdict
from pipelines.impact.judgement import judge_comparison
from pipelines.impact.looks import ONCE, Early, Look
from pipelines.impact.lotteries import Lottery, lottery_rows
from pipelines.impact.multiplicity import benjamini_hochberg
from pipelines.impact.negative_exposure import unmatched_applicants
from pipelines.impact.person_months import LeftOut
from pipelines.impact.rating import bounded_by_rating, rate, unregistered
from pipelines.impact.regression import NotEstimable
from pipelines.impact.rollouts import Rollout, rollout_rows
from pipelines.impact.rules import Evidence
from pipelines.impact.same_for_all import same_for_all, words_of
from pipelines.impact.trial_estimates import estimate_by_trials
from pipelines.impact.verdicts import POLICY, Verdict, VerdictPolicy
from pipelines.impact.wave_estimates import estimate_by_waves
from pipelines.verdict_words import RANDOMISED

ALL_COHORTS = "all"
"""The cohorts of a programme that weren't randomised, taken together."""

BALANCE_SCHEMA: dict[str, pl.DataType] = {
    "outcome": pl.String(),
    "covariate": pl.String(),
    "mean_treated": pl.Float64(),
    "mean_comparison_before": pl.Float64(),
    "mean_comparison_after": pl.Float64(),
    "smd_before": pl.Float64(),
    "smd_after": pl.Float64(),
}
OVERLAP_SCHEMA: dict[str, pl.DataType] = {
    "outcome": pl.String(),
    "bin_low": pl.Float64(),
    "bin_high": pl.Float64(),
    "treated_share": pl.Float64(),
    "comparison_share": pl.Float64(),
}
CURVES_SCHEMA: dict[str, pl.DataType] = {
    "outcome": pl.String(),
    "arm": pl.String(),
    "month": pl.Int64(),
    "share": pl.Float64(),
    "ci_low": pl.Float64(),
    "ci_high": pl.Float64(),
    "people_at_risk": pl.Float64(),
    "events": pl.Float64(),
    "cumulative_events": pl.Float64(),
    "cumulative_left": pl.Float64(),
}
STEPS_SCHEMA: dict[str, pl.DataType] = {
    "outcome": pl.String(),
    "event_time": pl.Int64(),
    "estimate": pl.Float64(),
    "std_error": pl.Float64(),
    "ci_low": pl.Float64(),
    "ci_high": pl.Float64(),
}


@dataclass(frozen=True)
class ProgrammeData:
    """months, measures: `person_months` and `known_measures` of the programme; waves: rows of marts.measure_waves. Empty where there are none. left_out: people on
    record who are in none of them.

    has_other_cohorts: some cohort with mentees wasn't randomised. rollout: those whose starts were drawn, None where none were. has_people_with_jobs: the population is employees.
    """

    lotteries: tuple[Lottery, ...]
    months: pl.DataFrame
    measures: pl.DataFrame
    waves: pl.DataFrame
    has_other_cohorts: bool
    rollout: Rollout | None = None
    left_out: LeftOut = field(default_factory=LeftOut)

    def known_by(self, day: date) -> "ProgrammeData":
        """Months that were over, starts, readings and waves up to `day`; lotteries as they are, since each has looks of its own."""
        last = 12 * day.year + day.month - (1 if day == _end_of_month(day) else 2)
        until = pl.lit(last, dtype=pl.Int64)
        dated = {"start_month", "ramped_month", "refused_month"} & set(self.months.columns)
        begun = {name: pl.when(pl.col(name) <= until).then(pl.col(name)) for name in dated}
        read = pl.min_horizontal("last_reading_month", until)
        months = self.months.filter(pl.col("month") <= until)
        is_begun = pl.col("began_date") <= day
        waves = self.waves.filter(pl.col("asked_on") <= day)
        return replace(
            self,
            months=months.with_columns(
                **begun, last_reading_month=pl.when(pl.col("last_reading_month").is_not_null()).then(read)
            ),
            measures=self.measures.filter(pl.col("month") <= until),
            left_out=self.left_out.known_by(last),
            waves=waves.with_columns(
                pl.when(is_begun).then(pl.col("began_date")), pl.when(is_begun).then(pl.col("start_wave"))
            ),
        )


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


@dataclass
class ProgrammeEffects:
    """estimates: cohort_id and ESTIMATE_SCHEMA; the others: the data of the plots, by outcome."""

    estimates: pl.DataFrame
    balance: pl.DataFrame
    overlap: pl.DataFrame
    curves: pl.DataFrame
    steps: pl.DataFrame


@dataclass
class _Found:
    """What is collected on the way. Judged at the end, since the correction needs all p-values of the programme. left_out: covariates that a row is without, by its place."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[Evidence | None] = field(default_factory=list)
    left_out: dict[int, tuple[str, ...]] = field(default_factory=dict)
    plots: dict[str, list[pl.DataFrame]] = field(
        default_factory=lambda: {"balance": [], "overlap": [], "curves": [], "steps": []}
    )

    def add(self, cohort_id: str, row: dict[str, Any], evidence: Evidence | None) -> None:
        self.rows.append({"cohort_id": cohort_id, **row})
        self.evidence.append(evidence)

    def plot(self, outcome: Outcome, **frames: pl.DataFrame) -> None:
        for name, frame in frames.items():
            self.plots[name].append(frame.select(pl.lit(outcome.outcome).alias("outcome"), pl.all()))


def programme_effects(
    declaration: Declaration,
    data: ProgrammeData,
    policy: VerdictPolicy = POLICY,
    looks: Mapping[str, Look | Early] | None = None,
    *,
    is_registered: bool = False,
) -> ProgrammeEffects:
    """Estimate everything that was declared. looks: by outcome, what its comparison without randomisation may rest on; ONCE where none is given. is_registered: the declaration was registered before its results (`registration_of`). A look-ahead in the data raises LookAheadError; what can't be estimated becomes a row that says why."""
    found = _Found()
    for outcome in declaration.outcomes:
        for lottery in data.lotteries:
            for row in lottery_rows(lottery, outcome, policy, declaration.draw_share):
                found.add(lottery.cohort_id, row, None)
        rolled = rollout_rows(data.rollout, outcome, policy) if data.rollout else []
        for row in rolled:
            found.add(data.rollout.cohort_id if data.rollout else ALL_COHORTS, row, None)
        if data.has_other_cohorts or (data.rollout and outcome.event):
            _without_lot(found, outcome, declaration, data, (looks or {}).get(outcome.outcome, ONCE))
    _judge(found, policy)
    for place, row in enumerate(found.rows):
        rated = rate(row, declaration.covariates, policy)
        rating = rated if is_registered else unregistered(rated, policy)
        stamp: dict[str, Any] = {"rating": rating.points, "rating_words": rating.words}
        same = found.left_out.get(place, ())
        if same:
            stamp["untested"] = [*(row.get("untested") or []), words_of(same)]
        found.rows[place] = {**bounded_by_rating(row, rating, policy), **stamp}
    schema = {"cohort_id": pl.String(), **ESTIMATE_SCHEMA}
    return ProgrammeEffects(
        pl.DataFrame(found.rows, schema=schema),
        _united(found.plots["balance"], BALANCE_SCHEMA),
        _united(found.plots["overlap"], OVERLAP_SCHEMA),
        _united(found.plots["curves"], CURVES_SCHEMA),
        _united(found.plots["steps"], STEPS_SCHEMA),
    )


def _without_lot(
    found: _Found, outcome: Outcome, declaration: Declaration, data: ProgrammeData, look: Look | Early
) -> None:
    by_trials, by_waves = outcome.event and data.months.height, outcome.kind == "measure" and data.waves.height
    if not by_trials and not by_waves:
        found.add(ALL_COHORTS, _bare(outcome, "one_group"), _no_evidence(outcome, "one_group"))
        return
    if isinstance(look, Early):
        evidence = replace(_no_evidence(outcome, "none"), first_look=look.first)
        _add_early(found, _bare(outcome, "target_trial" if by_trials else "difference_in_differences"), evidence)
        return
    known = data if look is ONCE else data.known_by(look.on)
    try:
        if by_trials:
            _by_trials(found, outcome, declaration, known, look)
        else:
            estimated = estimate_by_waves(known.waves, outcome, look.level, declaration.negative_control)
            found.add(ALL_COHORTS, looked(estimated.row, look), estimated.evidence)
            found.plot(outcome, steps=estimated.steps)
    except NotEstimable as problem:
        verdict = Verdict("not_supported", "Not estimable from these data.", (str(problem),))
        found.add(ALL_COHORTS, with_verdict(_bare(outcome, "none"), verdict), None)


def _add_early(found: _Found, row: dict[str, Any], evidence: Evidence) -> None:
    """A row that says what it waits for, and nothing else."""
    verdict = judge_comparison(evidence)
    waits = tuple(reason for reason in verdict.reasons if "window" in reason or "judged first" in reason)
    found.add(ALL_COHORTS, with_verdict(row, replace(verdict, reasons=waits)), None)


def _by_trials(found: _Found, outcome: Outcome, declaration: Declaration, data: ProgrammeData, look: Look) -> None:
    same = same_for_all(data.months, data.measures, declaration.covariates)
    covariates = tuple(name for name in declaration.covariates if name not in same)
    others = data.left_out.others(outcome.event or "")
    records = employment_records(data.months, data.measures, outcome, covariates, declaration.negative_control, others)
    if not records.is_window_over:
        row = {**_bare(outcome, "target_trial"), "too_recent": records.too_recent}
        _add_early(found, row, replace(_no_evidence(outcome, "none"), is_window_over=False))
        return
    asked = unmatched_applicants(data.months, data.measures, outcome, covariates, others)
    estimated = estimate_by_trials(records, outcome, declaration.negative_control, look.level, asked)
    found.left_out[len(found.rows)] = same
    found.add(ALL_COHORTS, looked(estimated.row, look), estimated.evidence)
    found.plot(outcome, balance=estimated.balance, overlap=estimated.overlap, curves=estimated.curves)


def _bare(outcome: Outcome, design: str) -> dict[str, Any]:
    return {
        **identity(outcome),
        "arm": "mentoring",
        "design": design,
        "months_since_start": float(outcome.horizon_months),
    }


def _no_evidence(outcome: Outcome, design: str) -> Evidence:
    return Evidence(design, outcome.label, outcome.unit, float("nan"), float("nan"), float("nan"), mentees=0)


def _judge(found: _Found, policy: VerdictPolicy) -> None:
    """Correct all p-values of the programme together (Benjamini-Hochberg), then judge. The primary outcome stands for itself, corrected over a lottery's arms and waves."""
    places = [i for i, row in enumerate(found.rows) if row.get("p_value") is not None]
    adjusted = benjamini_hochberg(np.array([found.rows[i]["p_value"] for i in places])) if places else np.array([])
    corrected = dict(zip(places, adjusted.tolist(), strict=True))
    for i, evidence in enumerate(found.evidence):
        is_own_family = found.rows[i]["design"] in RANDOMISED and found.rows[i]["is_primary"]
        row = found.rows[i] if is_own_family else {**found.rows[i], "p_adjusted": corrected.get(i)}
        secondary = None if row["is_primary"] else corrected.get(i)
        if evidence is not None:
            row = with_verdict(row, judge_comparison(replace(evidence, adjusted_p=secondary), policy))
        elif row.get("verdict") == "caused" and secondary is not None and secondary > policy.greatest_adjusted_p:
            row |= {
                "verdict": "suggestive",
                "verdict_words": "A difference is seen, but it is one of several outcomes looked at.",
                "reasons": ["one of several outcomes looked at; corrected for that, it isn't clear"],
            }
        found.rows[i] = row


def _united(frames: list[pl.DataFrame], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    columns = [pl.col(name).cast(dtype) for name, dtype in schema.items()]
    return pl.concat([pl.DataFrame(schema=schema), *(frame.select(columns) for frame in frames)])
