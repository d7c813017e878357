"""From evidence to a verdict: all rules are asked, the hardest answer counts.

`policy_table` renders the rules with the policy's figures; the guide docs/guides/verdicts.md holds that table, and a test keeps both equal.
"""

from collections.abc import Iterator
from dataclasses import fields

from pipelines.impact.rules import NO_COMPARISON, RULES, Evidence
from pipelines.impact.verdicts import POLICY, Verdict, VerdictPolicy, refuse_nan
from pipelines.verdict_words import VERDICT_WORDS

REQUIRED = {
    "target_trial": (
        "events",
        "fewest_events",
        "effective_people",
        "effective_share",
        "largest_smd",
        "outside_support",
        "largest_person_share",
        "followed",
        "excluded_starts",
    ),
    "weighted": ("effective_people", "effective_share", "largest_smd", "outside_support", "largest_person_share"),
    "difference_in_differences": ("response_gap",),
}
OPTIONAL = {
    "negative_control_p": "no outcome that the programme can't have moved was available",
    "negative_exposure_p": "fewer than 30 people asked for a place in vain, so whether who asks differs anyway isn't known",
    "placebo_p": "a start dated earlier could not be tried (for leaving it never can: whoever joins hadn't left)",
    "cox_agrees": "the hazard model was not run",
    "method_gap": "the estimate that also models the outcome could not be made",
    "e_value_limit": "how strong something unmeasured would have to be",
    "response_gap": "how many answered in each group",
}


def judge_comparison(evidence: Evidence, policy: VerdictPolicy = POLICY) -> Verdict:
    """The verdict on an estimate that is not randomised: the hardest answer among the rules that apply, with every reason of that kind.

    An interval that holds zero is "not detected" with the largest effect that can't be excluded, never "no effect". Raises ValueError where a check
    that the design always allows is missing, so that nothing passes by not being looked at.
    """
    missing = [name for name in REQUIRED.get(evidence.design, ()) if getattr(evidence, name) is None]
    if missing:
        raise ValueError(f"The evidence for a {evidence.design} needs {', '.join(missing)}.")
    if evidence.design not in NO_COMPARISON:
        refuse_nan(*_figures(evidence))
    broken: dict[str, list[str]] = {}
    for rule in RULES:
        reason = rule.reason(evidence, policy)
        if reason:
            broken.setdefault(rule.answer, []).append(reason)
    untested = tuple(
        words for name, words in OPTIONAL.items() if getattr(evidence, name) is None and _applies(name, evidence)
    )
    if "refused" in broken:
        return Verdict("refused", "No effect is estimated here.", tuple(broken["refused"]), untested)
    if "not_supported" in broken:
        return Verdict("not_supported", "These data can't tell.", tuple(broken["not_supported"]), untested)
    if evidence.ci_low <= 0 <= evidence.ci_high:
        return Verdict("not_detected", _not_detected(evidence), ("the interval includes zero",), untested)
    word = "higher" if evidence.estimate > 0 else "lower"
    if "suggestive" in broken:
        words = f"{evidence.outcome} is {word} with mentoring, but something other than mentoring may explain it."
        return Verdict("suggestive", words, tuple(broken["suggestive"]), untested)
    words = f"{evidence.outcome} is {word} with mentoring than among comparable people."
    return Verdict("supported", words, ("the interval excludes zero", "no rule speaks against it"), untested)


def _figures(evidence: Evidence) -> Iterator[float]:
    """Every figure of the evidence: a rule that compares what isn't a number answers nothing, and so would let it pass."""
    for field in fields(evidence):
        value = getattr(evidence, field.name)
        yield from (part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, float))


def _applies(name: str, evidence: Evidence) -> bool:
    if name == "response_gap":
        return evidence.design != "target_trial" and evidence.design not in NO_COMPARISON
    if name == "method_gap":
        return evidence.design == "target_trial" and evidence.unit == "points"
    if name in {"cox_agrees", "e_value_limit", "negative_exposure_p"}:
        return evidence.design == "target_trial"
    return evidence.design not in NO_COMPARISON


def _not_detected(evidence: Evidence) -> str:
    largest = max(abs(evidence.ci_low), abs(evidence.ci_high))
    return (
        f"No clear difference: from {evidence.ci_low:,.4g} to {evidence.ci_high:,.4g} {evidence.unit} is compatible with the data; "
        f"effects up to {largest:,.4g} {evidence.unit} can't be excluded."
    )


ANSWER_WORDS = {**VERDICT_WORDS, "suggestive": f"at most {VERDICT_WORDS['suggestive']}"}


def policy_table(policy: VerdictPolicy = POLICY) -> str:
    """The rules as a Markdown table, in the order in which they are asked."""
    rows = [f"| {rule.condition(policy)} | {ANSWER_WORDS[rule.answer]} |" for rule in RULES]
    return "\n".join(
        [
            "| condition | answer |",
            "|---|---|",
            *rows,
            f"| The interval includes zero | {ANSWER_WORDS['not_detected']} |",
        ]
    )
