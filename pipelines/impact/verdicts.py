"""What may be said of an estimate: a written policy, one version at a time, and fixed words for each verdict."""

import math
from dataclasses import dataclass, fields
from importlib.resources import files
from typing import Any

import yaml

from pipelines.impact.attrition import Loss, is_low
from pipelines.impact.draw_integrity import UNCHECKED, DrawCheck

DESIGN_WORDS = {
    "lottery": "randomised; everyone is compared as assigned, whether or not they took part",
    "staggered": "randomised starts; those whose start was drawn first are compared with those who still wait, as drawn",
    "target_trial": "each month, those who start are compared with colleagues as likely to start who haven't yet",
    "difference_in_differences": "the change of those who joined is compared with the change of those who haven't yet",
    "weighted": "those who joined are compared with others weighted to be like them",
    "one_group": "no comparison group; shown for information, not as an effect",
    "ever_never": "those who ever took part against those who never did; whoever leaves early can't take part, so it is never shown as an effect",
    "none": "no design that could carry a causal statement",
}


@dataclass(frozen=True)
class VerdictPolicy:
    """Thresholds of the refusal rules, one version at a time, as policy.yaml beside this module gives them, each with its reason. Shares are 0 to 1."""

    version: str
    least_treated: int
    least_control: int
    least_events: int
    greatest_response_gap: float
    least_mentees: int
    least_effective_people: float
    least_effective_share: float
    greatest_smd: float
    greatest_smd_supported: float
    greatest_outside_support: float
    greatest_person_share: float
    least_followed: float
    greatest_excluded_starts: float
    least_waves_before: int
    least_pairs_a_cohort: int
    pre_trend_level: float
    negative_control_level: float
    negative_exposure_level: float
    placebo_level: float
    hazards_change_level: float
    greatest_exposure_ratio: float
    greatest_method_gap: float
    least_e_value: float
    greatest_adjusted_p: float
    least_events_an_arm: int
    greatest_family_error: float
    bounds_margin: float
    least_units: int
    least_draw_p: float
    least_rating: int
    unregistered_step: int
    late_answer_months: int
    settling_days: int
    loss_boundary: tuple[tuple[float, float], ...]


def read_policy(text: str) -> VerdictPolicy:
    """A policy from its YAML. Raises ValueError where a threshold is missing, unknown, or without a reason."""
    content = yaml.safe_load(text)
    thresholds = content["thresholds"]
    wanted = {field.name for field in fields(VerdictPolicy)} - {"version"}
    if set(thresholds) != wanted:
        raise ValueError(f"The policy's thresholds differ from the rules': {sorted(set(thresholds) ^ wanted)}.")
    silent = sorted(name for name, entry in thresholds.items() if not entry.get("reason"))
    if silent:
        raise ValueError(f"The policy gives no reason for {', '.join(silent)}.")
    return VerdictPolicy(
        version=content["version"], **{name: _value(entry["value"]) for name, entry in thresholds.items()}
    )


def read_reasons(text: str) -> dict[str, str]:
    """Why each threshold of a policy is what it is, from its YAML."""
    return {name: str(entry["reason"]) for name, entry in yaml.safe_load(text)["thresholds"].items()}


def _value(value: Any) -> Any:
    return tuple(map(tuple, value)) if isinstance(value, list) else value


_IN_FORCE = files(__package__).joinpath("policy.yaml").read_text(encoding="utf-8")
POLICY = read_policy(_IN_FORCE)
REASONS = read_reasons(_IN_FORCE)


@dataclass(frozen=True)
class Verdict:
    """verdict: one of caused, supported, suggestive, not_detected, not_supported, refused. words: a sentence. reasons: why.

    untested: what could not be checked, said beside the estimate. caused is for lotteries alone; not_supported: the comparison can't support a statement;
    refused: it must not be made or not yet.
    """

    verdict: str
    words: str
    reasons: tuple[str, ...]
    untested: tuple[str, ...] = ()

    @property
    def shows_figure(self) -> bool:
        """Whether the estimate may be shown at all."""
        return self.verdict in {"caused", "supported", "suggestive", "not_detected"}


@dataclass(frozen=True)
class DrawEvidence:
    """What the verdict on a lottery's estimate rests on.

    events: people of the rarer answer over both arms of a yes/no outcome; fewest_events: in the arm that has fewer; None for other outcomes. bounds: least and
    greatest difference whatever those think who are missing (Lee 2009); None where nobody is. p_adjusted: corrected over the `comparisons` of arms and waves
    of the outcome. p_randomisation: of the draw's own permutations, where few units were drawn. check: whether the draw looks like one.
    """

    estimate: float
    std_error: float
    ci_low: float
    ci_high: float
    unit: str
    loss: Loss
    events: int | None = None
    fewest_events: int | None = None
    bounds: tuple[float | None, float | None] = (None, None)
    p_adjusted: float | None = None
    comparisons: int = 1
    p_randomisation: float | None = None
    check: DrawCheck = UNCHECKED


def refuse_nan(*figures: float | None) -> None:
    """Raises ValueError where a figure isn't one: nothing may be said of what couldn't be worked out."""
    if any(figure is not None and not math.isfinite(figure) for figure in figures):
        raise ValueError("An estimate, its limits, or a check of it aren't numbers: nothing can be said of them.")


def judge_randomised(evidence: DrawEvidence, policy: VerdictPolicy = POLICY) -> Verdict:
    """The verdict on an intention-to-treat estimate. Raises ValueError for figures that aren't numbers."""
    e = evidence
    refuse_nan(
        e.estimate,
        e.std_error,
        e.ci_low,
        e.ci_high,
        e.p_adjusted,
        e.p_randomisation,
        e.check.balance_p,
        e.check.ratio_p,
        *e.bounds,
    )
    few = _too_few(e, policy)
    if few:
        return Verdict("not_supported", "Too few people or events to tell.", tuple(few))
    if e.ci_low <= 0 <= e.ci_high:
        words = (
            f"No clear difference: from {e.ci_low:,.4g} to {e.ci_high:,.4g} {e.unit} is compatible with the data; "
            f"effects up to {max(abs(e.ci_low), abs(e.ci_high)):,.4g} {e.unit} can't be excluded."
        )
        return Verdict("not_detected", words, ("the interval includes zero",))
    doubts = _doubts(e, policy)
    if doubts:
        return Verdict("suggestive", "A difference is seen, but the draw alone doesn't establish it.", tuple(doubts))
    word = "raised" if e.ci_low > 0 else "lowered"
    words = f"Being offered the programme {word} the outcome (randomised)."
    return Verdict("caused", words, ("randomised", "the interval excludes zero"))


def _too_few(e: DrawEvidence, policy: VerdictPolicy) -> list[str]:
    reasons = []
    if e.loss.known_treated < policy.least_treated or e.loss.known_control < policy.least_control:
        reasons.append(
            f"{e.loss.known_treated} and {e.loss.known_control} people; at least {policy.least_treated} a side are needed"
        )
    if e.events is not None and e.events < policy.least_events:
        reasons.append(f"only {e.events} events over both arms; at least {policy.least_events} are needed")
    elif e.fewest_events is not None and e.fewest_events < policy.least_events_an_arm:
        reasons.append(f"only {e.fewest_events} events in one arm; at least {policy.least_events_an_arm} are needed")
    return reasons


def _doubts(e: DrawEvidence, policy: VerdictPolicy) -> list[str]:
    """What keeps a difference whose interval excludes zero from being called caused."""
    reasons = []
    if e.p_adjusted is not None and e.p_adjusted > policy.greatest_family_error:
        reasons.append(
            f"one of {e.comparisons} comparisons of arms and waves; corrected for that, p is {e.p_adjusted:.2f}"
        )
    if e.p_randomisation is not None and e.p_randomisation > policy.greatest_family_error:
        reasons.append(f"few units were drawn: {e.p_randomisation:.0%} of the possible draws would show as much")
    if e.check.balance_p is not None and e.check.balance_p < policy.least_draw_p:
        reasons.append(
            "the arms differ in what was known before by more than a draw makes them differ: find out how places were given"
        )
    if e.check.ratio_p is not None and e.check.ratio_p < policy.least_draw_p:
        reasons.append(
            "the arms don't have the sizes that were planned: people are missing from the draw, or were added to it"
        )
    if not is_low(e.loss, policy.loss_boundary):
        reasons.append(
            f"the outcome isn't known for {e.loss.overall:.0%} of those drawn, and for {100 * e.loss.gap:.0f} points more of one arm than of the other: "
            "more than a draw can bear"
        )
    low, high = e.bounds
    if not e.loss.is_complete and (low is None or high is None):
        reasons.append("outcomes are missing, and what they might have been can't be bounded")
    margin = policy.bounds_margin * e.std_error
    if low is not None and high is not None and low - margin <= 0 <= high + margin:
        reasons.append(
            f"allowing for those whose outcome isn't known, anything from {low:,.4g} to {high:,.4g} {e.unit} is possible, give or take chance"
        )
    return reasons
