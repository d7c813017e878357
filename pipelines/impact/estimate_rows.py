"""The shape of a published estimate, whatever design it rests on: one row, with what is needed to believe or doubt it."""

from typing import Any

import polars as pl

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.looks import ONCE, Look
from pipelines.impact.verdicts import Verdict

REFUSED = "No effect is estimated here."
ESTIMATE_SCHEMA: dict[str, pl.DataType] = {
    "outcome": pl.String(),
    "outcome_label": pl.String(),
    "unit": pl.String(),
    "is_primary": pl.Boolean(),
    "arm": pl.String(),
    "wave": pl.String(),
    "months_since_start": pl.Float64(),
    "design": pl.String(),
    "estimand": pl.String(),
    "estimator": pl.String(),
    "estimate": pl.Float64(),
    "std_error": pl.Float64(),
    "ci_low": pl.Float64(),
    "ci_high": pl.Float64(),
    "p_value": pl.Float64(),
    "p_adjusted": pl.Float64(),
    "n_treated": pl.Int64(),
    "n_control": pl.Int64(),
    "n_observations": pl.Int64(),
    "clusters": pl.Int64(),
    "events": pl.Int64(),
    "treated_mean": pl.Float64(),
    "control_mean": pl.Float64(),
    "raw_gap": pl.Float64(),
    "months_gained": pl.Float64(),
    "months_gained_low": pl.Float64(),
    "months_gained_high": pl.Float64(),
    "take_up": pl.Float64(),
    "taking_part": pl.Float64(),
    "taking_part_low": pl.Float64(),
    "taking_part_high": pl.Float64(),
    "smallest_detectable": pl.Float64(),
    "response_gap": pl.Float64(),
    "overall_loss": pl.Float64(),
    "drawn_treated": pl.Int64(),
    "drawn_control": pl.Int64(),
    "balance_p": pl.Float64(),
    "sample_ratio_p": pl.Float64(),
    "bound_low": pl.Float64(),
    "bound_high": pl.Float64(),
    "p_randomisation": pl.Float64(),
    "effective_people": pl.Float64(),
    "effective_share": pl.Float64(),
    "largest_smd": pl.Float64(),
    "largest_smd_covariate": pl.String(),
    "outside_support": pl.Float64(),
    "excluded_starts": pl.Float64(),
    "too_recent": pl.Int64(),
    "pre_trend_p": pl.Float64(),
    "negative_control": pl.String(),
    "negative_control_p": pl.Float64(),
    "negative_control_detectable": pl.Float64(),
    "negative_control_ratio": pl.Float64(),
    "negative_exposure_p": pl.Float64(),
    "negative_exposure_detectable": pl.Float64(),
    "negative_exposure_ratio": pl.Float64(),
    "waited_p": pl.Float64(),
    "waited_detectable": pl.Float64(),
    "rejected_p": pl.Float64(),
    "rejected_detectable": pl.Float64(),
    "placebo_p": pl.Float64(),
    "placebo_detectable": pl.Float64(),
    "placebo_ratio": pl.Float64(),
    "hazard_ratio": pl.Float64(),
    "hazards_change_p": pl.Float64(),
    "doubly_robust": pl.Float64(),
    "doubly_robust_low": pl.Float64(),
    "doubly_robust_high": pl.Float64(),
    "method_gap": pl.Float64(),
    "matched_people": pl.Int64(),
    "matched_treated_mean": pl.Float64(),
    "matched_control_mean": pl.Float64(),
    "matched_low": pl.Float64(),
    "matched_high": pl.Float64(),
    "hidden_bias_bound": pl.Float64(),
    "e_value_limit": pl.Float64(),
    "sensitivity_words": pl.String(),
    "covariates": pl.List(pl.String()),
    "look": pl.Int64(),
    "looks_declared": pl.Int64(),
    "look_level": pl.Float64(),
    "looked_on": pl.Date(),
    "look_words": pl.String(),
    "rating": pl.Int64(),
    "rating_words": pl.String(),
    "verdict": pl.String(),
    "verdict_words": pl.String(),
    "reasons": pl.List(pl.String()),
    "untested": pl.List(pl.String()),
}
FIGURES = (
    "estimate",
    "std_error",
    "ci_low",
    "ci_high",
    "p_value",
    "p_adjusted",
    "treated_mean",
    "control_mean",
    "months_gained",
    "months_gained_low",
    "months_gained_high",
    "taking_part",
    "taking_part_low",
    "taking_part_high",
    "doubly_robust",
    "doubly_robust_low",
    "doubly_robust_high",
    "matched_people",
    "matched_treated_mean",
    "matched_control_mean",
    "matched_low",
    "matched_high",
    "hidden_bias_bound",
    "method_gap",
    "smallest_detectable",
    "bound_low",
    "bound_high",
    "p_randomisation",
)
"""What a verdict that shows no figure takes away. The raw gap stays: it is shown as the thing not to believe."""


def identity(outcome: Outcome) -> dict[str, Any]:
    """The columns that every row of an outcome shares."""
    return {
        "outcome": outcome.outcome,
        "outcome_label": outcome.label,
        "unit": outcome.unit,
        "is_primary": outcome.is_primary,
    }


def looked(row: dict[str, Any], look: Look) -> dict[str, Any]:
    """The row with the look that it rests on; as it is where nobody will look again."""
    if look is ONCE:
        return row
    stamp = {"look": look.number, "looks_declared": look.of, "look_level": look.level, "looked_on": look.on}
    return {**row, **stamp, "look_words": look.words}


def refused_row(outcome: Outcome, design: str, arm: str, reason: str, **known: Any) -> dict[str, Any]:
    """A row of an outcome that was randomised, that gives no figure and says why. known: what is known all the same."""
    row = {
        **identity(outcome),
        "months_since_start": float(outcome.horizon_months),
        "design": design,
        "arm": arm,
        **known,
    }
    return with_verdict(row, Verdict("refused", REFUSED, (reason,)))


def with_verdict(row: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
    """The row with the verdict's words, and without figures where the verdict allows none."""
    words = {
        "verdict": verdict.verdict,
        "verdict_words": verdict.words,
        "reasons": list(verdict.reasons),
        "untested": list(verdict.untested),
    }
    hidden = {} if verdict.shows_figure else dict.fromkeys(FIGURES)
    return {**row, **words, **hidden}
