"""What other methods say of the same comparison, in sentences: each with its people and its interval, and none of them a verdict of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.facts.words import figure

COLLEAGUES = 5
"""Of each mentee in the picture of matched colleagues (pipelines/impact/second_opinions.py)."""


def asked_otherwise(row: Mapping[str, Any], policy: Mapping[str, float]) -> tuple[str, ...]:
    """Sentences on an estimate's other methods, in the order in which they are to be read; none where none could be used, or where the verdict shows no figure. policy: its thresholds by name."""
    told = (_modelled(row), _side_by_side(row), _hidden(row), _over_time(row, policy.get("hazards_change_level", 0.0)))
    return tuple(words for words in told if words)


@dataclass(frozen=True)
class Method:
    """The same difference by one method, in the outcome's unit. people: whom it compares, in words."""

    name: str
    estimate: float
    low: float
    high: float
    people: str


def methods(row: Mapping[str, Any]) -> list[Method]:
    """The estimate beside what other methods make of it, on the outcome's scale; empty where there is nothing beside it, or no figure is shown."""
    if row.get("estimate") is None:
        return []
    everybody = f"{row['n_treated']:,} and {row['n_control']:,}"
    found = [Method("Weighted, the estimate above", row["estimate"], row["ci_low"], row["ci_high"], everybody)]
    if row.get("doubly_robust") is not None:
        figures = (row["doubly_robust"], row["doubly_robust_low"], row["doubly_robust_high"])
        found.append(Method("Weighted, and the outcome modelled", *figures, everybody))
    if row.get("matched_people") is not None:
        # both shares are in whole per cents, so the interval's middle is the surer difference
        middle = (row["matched_low"] + row["matched_high"]) / 2
        people = f"about {row['matched_people']:,}, and up to {COLLEAGUES} colleagues each"
        found.append(Method("Side by side with the colleagues most like them", middle, row["matched_low"], row["matched_high"], people))  # fmt: skip
    return found if len(found) > 1 else []


def side_by_side(row: Mapping[str, Any]) -> str:
    """The picture for a reader without statistics: of a hundred mentees so many, of a hundred colleagues like them so many; "" where it can't be drawn."""
    if row.get("matched_people") is None or row.get("estimate") is None:
        return ""
    treated, control = (round(100 * row[name]) for name in ("matched_treated_mean", "matched_control_mean"))
    return f"{row['outcome_label']}: {treated} of 100 mentees, and {control} of 100 colleagues most like them"


def _points(share: float) -> str:
    return figure(100 * share, "", 1)


def _interval(low: float, high: float) -> str:
    return f"95% CI {_points(low)} to {_points(high)} points"


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


def _over_time(row: Mapping[str, Any], level: float) -> str:
    p_value = row.get("hazards_change_p")
    if p_value is None or p_value >= level or row.get("estimate") is None:
        return ""
    return f"The difference isn't the same in all months (p = {p_value:.2g}): read the curve rather than one ratio."
