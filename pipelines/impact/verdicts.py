"""What may be said of an estimate: a written policy, one version at a time, and fixed words for each verdict."""

from dataclasses import dataclass

DESIGN_WORDS = {
    "lottery": "places drawn by lot; everyone is compared as assigned, whether or not they took part",
    "none": "no design that could carry a causal statement",
}


@dataclass(frozen=True)
class VerdictPolicy:
    """Thresholds of the refusal rules for randomised cohorts (docs/methodology.md gives the reasons)."""

    version: str = "2026.1"
    least_treated: int = 20
    least_control: int = 20
    least_events: int = 10
    greatest_response_gap: float = 0.15


POLICY = VerdictPolicy()


@dataclass(frozen=True)
class Verdict:
    """verdict: one of caused, suggestive, not_detected, not_supported, not_estimated. words: a sentence. reasons: why."""

    verdict: str
    words: str
    reasons: tuple[str, ...]


def judge_randomised(
    *,
    ci_low: float,
    ci_high: float,
    unit: str,
    n_treated: int,
    n_control: int,
    events: int | None,
    response_gap: float | None,
    policy: VerdictPolicy = POLICY,
) -> Verdict:
    """The verdict on an intention-to-treat estimate. `events` counts both arms of a yes/no outcome, None otherwise.

    `response_gap` is the difference of the arms' shares with a known outcome, 0 to 1.
    """
    reasons: list[str] = []
    if n_treated < policy.least_treated or n_control < policy.least_control:
        reasons.append(f"{n_treated} and {n_control} people; at least {policy.least_treated} a side are needed")
    if events is not None and events < policy.least_events:
        reasons.append(f"only {events} events over both arms; at least {policy.least_events} are needed")
    if reasons:
        return Verdict("not_supported", "Too few people or events to tell.", tuple(reasons))
    if ci_low <= 0 <= ci_high:
        words = (
            f"No clear difference: the data are consistent with anything from {ci_low:,.4g} to {ci_high:,.4g} {unit}; "
            f"effects up to {max(abs(ci_low), abs(ci_high)):,.4g} {unit} can't be excluded."
        )
        return Verdict("not_detected", words, ("the 95 % interval includes zero",))
    if response_gap is not None and response_gap > policy.greatest_response_gap:
        reasons.append(f"the outcome is known for {response_gap:.0%} more of one arm than of the other")
        return Verdict(
            "suggestive",
            "A difference is seen, but the arms answered too unequally to call it an effect.",
            tuple(reasons),
        )
    word = "raised" if ci_low > 0 else "lowered"
    words = f"Being offered the programme {word} the outcome (drawn by lot)."
    return Verdict("caused", words, ("drawn by lot", "the 95 % interval excludes zero"))


NOT_ESTIMATED = Verdict(
    "not_estimated",
    "Not estimated yet.",
    ("the places were not drawn by lot, and the comparison designs for such cohorts are not built yet",),
)
