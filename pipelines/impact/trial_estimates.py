"""One declared outcome of one programme by nested target trials: the estimate as a row, and the frames that show whether to believe it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from pipelines.average_month import DAYS_PER_MONTH
from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.employment_records import EVENT, EmploymentRecords
from pipelines.impact.estimate_rows import identity
from pipelines.impact.negative_exposure import AskedInVain
from pipelines.impact.placebo import earlier_start
from pipelines.impact.point_outcomes import hajek_difference
from pipelines.impact.power import detectable_from_error
from pipelines.impact.rules import Evidence
from pipelines.impact.second_opinions import second_opinions
from pipelines.impact.sensitivity import (
    NegativeControl,
    bias_factor,
    control_from,
    e_value_in_words,
    of_control,
    of_placebo,
)
from pipelines.impact.target_trial import PersonTrials, TargetTrial, emulate
from pipelines.impact.trial_effects import TrialEffects, estimate_effects
from pipelines.impact.trial_evidence import gather_evidence
from pipelines.impact.trial_weights import TrialDiagnostics, TrialWeights, diagnose_trials, weight_trials

LEAST_FOR_CONTROL = 30
ESTIMATOR = "nested monthly target trials: weights from a pooled enrolment model, comparison cut at its own start and reweighted, error by person"


@dataclass(frozen=True)
class TrialEstimate:
    """row: columns of ESTIMATE_SCHEMA without the verdict. evidence: what the rules ask for. balance, overlap, curves: data of the plots.

    balance: covariate, smd_before, smd_after and means. overlap: bin_low, bin_high, treated_share, comparison_share, and people. curves: arm, month,
    share (staying, promoted, ramped up), ci_low, ci_high, people_at_risk, events, cumulative_events, cumulative_left.
    """

    row: dict[str, Any]
    evidence: Evidence
    balance: pl.DataFrame
    overlap: pl.DataFrame
    curves: pl.DataFrame


def estimate_by_trials(
    records: EmploymentRecords,
    outcome: Outcome,
    negative_control: str | None,
    level: float = 0.05,
    exposure: AskedInVain | None = None,
) -> TrialEstimate:
    """The estimate after `outcome.horizon_months`: a difference of shares, or of days until the event for durations. level: of the intervals, two-sided.
    exposure: the same comparison of people who asked for a place in vain (`unmatched_applicants`), where there are enough.

    Raises NotEstimable where the records can't support it (nobody to compare with, a covariate that separates), LookAheadError where a covariate isn't
    older than time zero.
    """
    trial = records.trial
    trials = emulate(records.panel, records.people, trial)
    weights = weight_trials(trials, trial)
    effects = estimate_effects(trials, weights, trial, cluster=records.clusters(trials.keys), level=level)
    diagnostics = diagnose_trials(trials, weights)
    control = _negative_control(records, trials, weights, negative_control)
    placebo = earlier_start(records, outcome, trials, weights)
    others = second_opinions(records, outcome, trials, weights, effects)
    ratio = others["hazard_ratio"]
    evidence = gather_evidence(
        trials,
        trial,
        diagnostics,
        effects,
        outcome=outcome.label,
        counts_staying=outcome.event == "retained",
        unusable_starts=records.without_covariates,
        negative_control=control,
        negative_exposure=exposure,
        placebo=placebo,
        cox_coefficient=None if ratio is None else float(np.log(ratio)),
        method_gap=others.get("method_gap"),
        level=level,
    )
    quantile = _quantile(diagnostics, level)
    row = _row(records, outcome, trials, effects, diagnostics, evidence, quantile)
    strongest, factor = _strongest(trials, trial)
    words = None if evidence.e_value_limit is None else e_value_in_words(evidence.e_value_limit, strongest, factor)
    row |= {
        **others,
        "sensitivity_words": words,
        **of_control(control, row["std_error"], _spread(row["control_mean"])),
        **_of_exposure(exposure, row["std_error"]),
        **of_placebo(placebo, row["std_error"]),
    }
    if outcome.kind == "duration":
        row, evidence = _as_days(row, evidence, effects, outcome, diagnostics, level)
    return TrialEstimate(row, evidence, diagnostics.balance, diagnostics.overlap, _curves(effects, outcome))


def _row(
    records: EmploymentRecords,
    outcome: Outcome,
    trials: PersonTrials,
    effects: TrialEffects,
    diagnostics: TrialDiagnostics,
    evidence: Evidence,
    quantile: float,
) -> dict[str, Any]:
    last = effects.at([outcome.horizon_months]).row(0, named=True)
    stays = outcome.event == "retained"
    covariate, smd = diagnostics.largest_smd
    margin = quantile * last["mean_std_error"]
    gained = {
        "months_gained": last["mean_difference"],
        "months_gained_low": last["mean_difference"] - margin,
        "months_gained_high": last["mean_difference"] + margin,
    }
    return {
        **identity(outcome),
        "arm": "mentoring",
        "wave": f"{outcome.horizon_months} months",
        "months_since_start": float(outcome.horizon_months),
        "design": "target_trial",
        "estimand": "effect on those who joined",
        "estimator": ESTIMATOR,
        "estimate": evidence.estimate / 100,
        "std_error": last["std_error"],
        "ci_low": evidence.ci_low / 100,
        "ci_high": evidence.ci_high / 100,
        "p_value": last["p_value"],
        "n_treated": diagnostics.treated.people,
        "n_control": diagnostics.comparison.people,
        "n_observations": int(trials.in_trial.sum()),
        "clusters": int(np.unique(records.clusters(trials.keys)).size) + records.others.people,
        "events": evidence.events,
        "treated_mean": last["survival_treated" if stays else "incidence_treated"],
        "control_mean": last["survival_comparison" if stays else "incidence_comparison"],
        "raw_gap": _raw_gap(records, counts_staying=stays),
        "smallest_detectable": detectable_from_error(last["std_error"]),
        "effective_people": evidence.effective_people,
        "effective_share": evidence.effective_share,
        "largest_smd": smd,
        "largest_smd_covariate": covariate,
        "outside_support": evidence.outside_support,
        "excluded_starts": evidence.excluded_starts,
        "too_recent": records.too_recent,
        "e_value_limit": evidence.e_value_limit,
        "covariates": list(records.declared),
        **(gained if stays else {}),
    }


def _of_exposure(exposure: AskedInVain | None, error: float) -> dict[str, Any]:
    """What the comparison of unmatched applicants saw, could have seen, and how that compares with what the estimate itself could; of each kind alone too."""
    if exposure is None:
        return {}
    return {
        "negative_exposure_p": exposure.p_value,
        "negative_exposure_detectable": exposure.together.smallest_detectable,
        "negative_exposure_ratio": exposure.together.std_error / error,
        "waited_p": exposure.waited.p_value if exposure.waited else None,
        "waited_detectable": exposure.waited.smallest_detectable if exposure.waited else None,
        "rejected_p": exposure.rejected.p_value if exposure.rejected else None,
        "rejected_detectable": exposure.rejected.smallest_detectable if exposure.rejected else None,
    }


def _quantile(diagnostics: TrialDiagnostics, level: float) -> float:
    """Student's t for mean times: people of the thinner arm, as weighted, less one. Shares have degrees of their own, month by month."""
    return float(stats.t.isf(level / 2, _degrees(diagnostics)))


def _degrees(diagnostics: TrialDiagnostics) -> float:
    return max(min(diagnostics.treated.effective, diagnostics.comparison.effective) - 1, 1)


def _as_days(
    row: dict[str, Any],
    evidence: Evidence,
    effects: TrialEffects,
    outcome: Outcome,
    diagnostics: TrialDiagnostics,
    level: float,
) -> tuple[dict[str, Any], Evidence]:
    """A duration is the restricted mean time until the event, within the horizon, in days; there is no E-value for it."""
    last = effects.at([outcome.horizon_months]).row(0, named=True)
    estimate, error = DAYS_PER_MONTH * last["mean_difference"], DAYS_PER_MONTH * last["mean_std_error"]
    margin = _quantile(diagnostics, level) * error
    low, high = estimate - margin, estimate + margin
    figures = {"estimate": estimate, "ci_low": low, "ci_high": high}
    means = {
        arm: DAYS_PER_MONTH
        * float((1 - effects.curves.filter((pl.col("arm") == name))["incidence"].to_numpy()[:-1]).sum())
        for arm, name in (("treated_mean", "treated"), ("control_mean", "comparison"))
    }
    extra = {
        "std_error": error,
        "p_value": float(2 * stats.t.sf(abs(estimate) / error, _degrees(diagnostics))) if error > 0 else None,
        "smallest_detectable": detectable_from_error(error),
        "estimand": f"effect on those who joined, in mean days within {outcome.horizon_months} months",
        "raw_gap": None,
        "e_value_limit": None,
        "sensitivity_words": None,
    }
    changed = Evidence(**{**evidence.__dict__, **figures, "unit": outcome.unit, "e_value_limit": None})
    return {**row, **figures, **extra, **means}, changed


def _raw_gap(records: EmploymentRecords, *, counts_staying: bool) -> float | None:
    """Of all on record: share with the outcome to this day, those who ever joined less those who never did. Shown as what not to believe."""
    by_person = records.panel.group_by("person").agg(
        (pl.col("event") == EVENT).any().alias("happened"), pl.col("start_month").is_not_null().any().alias("ever")
    )
    counts = by_person.group_by("ever").agg(pl.col("happened").sum(), pl.len())
    found = {ever: (happened, people) for ever, happened, people in counts.iter_rows()}
    others = records.others
    happened, people = found.get(False, (0, 0))
    if True not in found or not people + others.people:
        return None
    joined = found[True][0] / found[True][1]
    gap = joined - (happened + others.with_event) / (people + others.people)
    return -gap if counts_staying else gap


def _negative_control(
    records: EmploymentRecords, trials: PersonTrials, weights: TrialWeights, measure: str | None
) -> NegativeControl | None:
    """The measure as it stood a year before time zero, which the programme can't have moved, compared with the same weights."""
    name = f"{measure}_year_before"
    if measure is None or name not in records.panel.columns:
        return None
    values = records.panel.sort("person_key", "month")[name].cast(pl.Float64).to_numpy()
    rows = trials.in_trial & ~np.isnan(values)
    treated = trials.starts[rows]
    if min(int(treated.sum()), int((~treated).sum())) < LEAST_FOR_CONTROL:
        return None
    gap = hajek_difference(values[rows], treated, weights.baseline[rows], cluster=trials.person[rows])
    return control_from(f"{measure} a year before the start", gap, float(values[rows].std()))


def _spread(share: float) -> float | None:
    """Standard deviation of an outcome that happens to this share."""
    return float(np.sqrt(share * (1 - share))) if 0 < share < 1 else None


def _strongest(trials: PersonTrials, trial: TargetTrial) -> tuple[str | None, float | None]:
    """The measured covariate that goes most with both joining and the event, and the most it could move a ratio."""
    rows = np.flatnonzero(trials.in_trial)
    joined = trials.starts[rows]
    left = trials.last[rows] - trials.month[rows]
    happened = (trials.event[rows] == trial.cause) & (left < trial.horizon_months)
    best: tuple[str | None, float | None] = (None, None)
    for place, name in enumerate(trials.names, start=1):
        values = trials.design[rows, place]
        high = values > np.median(values)
        others = ~joined
        counts = [joined[high], joined[~high], happened[others & high], happened[others & ~high]]
        if min(part.size for part in counts) == 0:
            continue
        shares = [float(part.mean()) for part in counts]
        if min(shares) <= 0:
            continue
        factor = bias_factor(shares[0] / shares[1], shares[2] / shares[3])
        if best[1] is None or factor > best[1]:
            best = (name.replace("_", " "), factor)
    return best


def _curves(effects: TrialEffects, outcome: Outcome) -> pl.DataFrame:
    """Shares over follow-up: staying for retention, having happened for the rest."""
    curves = effects.curves
    if outcome.event == "retained":
        curves = curves.with_columns(
            share=1 - pl.col("incidence"), ci_low=1 - pl.col("ci_high"), ci_high=1 - pl.col("ci_low")
        )
    else:
        curves = curves.with_columns(share=pl.col("incidence"))
    counts = ("people_at_risk", "events", "cumulative_events", "cumulative_left")
    return curves.select("arm", "month", "share", "ci_low", "ci_high", *counts)
