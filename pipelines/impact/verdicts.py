"""What may be said of an estimate: a written policy, one version at a time, and fixed words for each verdict."""

from dataclasses import dataclass, fields
from importlib.resources import files

import yaml

DESIGN_WORDS = {
    "lottery": "places drawn by lot; everyone is compared as assigned, whether or not they took part",
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
    least_e_value: float
    greatest_adjusted_p: float


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
    return VerdictPolicy(version=content["version"], **{name: entry["value"] for name, entry in thresholds.items()})


POLICY = read_policy(files(__package__).joinpath("policy.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Verdict:
    """verdict: one of caused, supported, suggestive, not_detected, not_supported, refused. words: a sentence. reasons: why.

    untested: what could not be checked, said beside the estimate. caused is for lotteries alone; not_supported: the comparison can't carry a statement;
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
