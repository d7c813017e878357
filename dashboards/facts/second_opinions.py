"""What other methods say of the same comparison, in sentences: each with its people and its interval, and none of them a verdict of its own."""

from collections.abc import Mapping
from typing import Any

from dashboards.facts.words import figure

LEVEL = 0.05
"""At which a change of the hazard ratio over time is told. Nothing is decided by it."""


def asked_otherwise(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Sentences on an estimate's other methods, in the order in which they are to be read; none where none could be used, or where the verdict shows no figure."""
    return tuple(words for words in (_modelled(row), _side_by_side(row), _hidden(row), _over_time(row)) if words)


def _points(share: float) -> str:
    return figure(100 * share, "", 1)


def _interval(low: float, high: float) -> str:
    return f"95 % from {_points(low)} to {_points(high)} points"


def _modelled(row: Mapping[str, Any]) -> str:
    """The doubly robust estimate: right where either of its two models is."""
    if row.get("doubly_robust") is None:
        return ""
    told = f"Modelling the outcome as well (doubly robust) gives {_points(row['doubly_robust'])} points"
    interval = _interval(row["doubly_robust_low"], row["doubly_robust_high"])
    return f"{told} ({interval}), {row['method_gap']:.1f} standard errors from the estimate above."


def _side_by_side(row: Mapping[str, Any]) -> str:
    if row.get("matched_people") is None:
        return ""
    treated, control = f"{row['matched_treated_mean']:.0%}", f"{row['matched_control_mean']:.0%}"
    interval = _interval(row["matched_low"], row["matched_high"])
    return (
        f"Side by side: of about {row['matched_people']:,} mentees with colleagues like them, {treated}; of the five colleagues most like each of them, {control} "
        f"(difference, {interval})."
    )


def _hidden(row: Mapping[str, Any]) -> str:
    """Rosenbaum's bound, in the odds of joining of two people who look alike."""
    bound = row.get("hidden_bias_bound")
    if bound is None:
        return ""
    if bound <= 1:
        return "Taken pair by pair the difference isn't clear."
    return f"Taken pair by pair, something unmeasured that made one of two such colleagues {bound:.1f} times as likely to join could explain it (Rosenbaum bound)."


def _over_time(row: Mapping[str, Any]) -> str:
    p_value = row.get("hazards_change_p")
    if p_value is None or p_value >= LEVEL or row.get("estimate") is None:
        return ""
    return f"The difference isn't the same in all months (p = {p_value:.2g}): read the curve rather than one ratio."
