"""From target trials to the evidence that the verdict rules ask for."""

from typing import Any

import numpy as np
from scipy import stats

from pipelines.impact.negative_exposure import AskedInVain
from pipelines.impact.regression import NotEstimable
from pipelines.impact.rules import Evidence
from pipelines.impact.sensitivity import NegativeControl, e_value_of_limit, risk_ratio_limits
from pipelines.impact.target_trial import PersonTrials, TargetTrial
from pipelines.impact.trial_effects import TrialEffects
from pipelines.impact.trial_weights import TrialDiagnostics


def share_followed(trials: PersonTrials, months: int) -> float:
    """Share of mentees whose `months` of follow-up are over: on record to the end of them, or with an event before."""
    rows = np.flatnonzero(trials.in_trial & trials.starts)
    left = trials.last[rows] - trials.month[rows]
    return float(((left >= months - 1) | (trials.event[rows] != 0)).mean())


def gather_evidence(
    trials: PersonTrials,
    trial: TargetTrial,
    diagnostics: TrialDiagnostics,
    effects: TrialEffects,
    *,
    outcome: str,
    month: int | None = None,
    counts_staying: bool = True,
    unusable_starts: int = 0,
    negative_control: NegativeControl | None = None,
    negative_exposure: AskedInVain | None = None,
    placebo: NegativeControl | None = None,
    cox_coefficient: float | None = None,
    method_gap: float | None = None,
    adjusted_p: float | None = None,
    is_window_over: bool = True,
    level: float = 0.05,
) -> Evidence:
    """What the rules need about the effect after `month` months of follow-up (default: the horizon), in percentage points.

    outcome: in words, as the start of a sentence. counts_staying: the outcome is not to have the event (retention), so the sign is turned.
    unusable_starts: mentees left out before because their start was missing or backdated; those off the record are added.
    method_gap: to the doubly robust estimate, in standard errors. level: of the effects' intervals, two-sided. cox_coefficient: log hazard ratio of the event from the time-varying model, for the agreement of signs.
    Raises NotEstimable where nobody of an arm has had the event by then: no interval could be given.
    """
    row = effects.at([month or trial.horizon_months]).row(0, named=True)
    if row["std_error"] is None:
        nobody = "the mentees" if row["incidence_treated"] == 0 else "the comparison"
        raise NotEstimable(f"{outcome}: nobody of {nobody} had the event, so how sure the difference is can't be told.")
    figures = [100 * row[name] for name in ("difference", "ci_low", "ci_high")]
    if counts_staying:
        figures = [-figures[0], -figures[2], -figures[1]]
    lost = unusable_starts + trials.off_record
    return Evidence(
        design="target_trial",
        outcome=outcome,
        unit="points",
        estimate=figures[0],
        ci_low=figures[1],
        ci_high=figures[2],
        mentees=diagnostics.treated.people,
        events=effects.events_treated + effects.events_comparison,
        fewest_events=min(effects.events_treated, effects.events_comparison),
        effective_people=diagnostics.comparison.effective,
        effective_share=diagnostics.effective_share,
        largest_smd=diagnostics.largest_smd,
        outside_support=diagnostics.outside_support,
        largest_person_share=diagnostics.comparison.largest_share,
        is_window_over=is_window_over,
        followed=share_followed(trials, month or trial.horizon_months),
        excluded_starts=lost / (lost + diagnostics.treated.people),
        negative_control_p=negative_control.p_value if negative_control else None,
        negative_control=negative_control.outcome if negative_control else None,
        negative_exposure_p=negative_exposure.p_value if negative_exposure else None,
        placebo_p=placebo.p_value if placebo else None,
        cox_agrees=None if cox_coefficient is None else (cox_coefficient > 0) == (row["difference"] > 0),
        method_gap=method_gap,
        e_value_limit=_e_value(row, level),
        adjusted_p=adjusted_p,
    )


def _e_value(row: dict[str, Any], level: float) -> float:
    """E-value of the nearer limit of the ratio of incidences; both are above zero where the difference has an error."""
    quantile = float(stats.t.isf(level / 2, row["degrees"]))
    limits = risk_ratio_limits(row["incidence_treated"], row["incidence_comparison"], row["log_ratio_error"], quantile)
    return e_value_of_limit(*limits)
