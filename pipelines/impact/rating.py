"""How much a design can bear, 0 to 5, fixed before results: from design, loss, drawn units and falsification tests, never from an effect's sign or size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipelines.impact.attrition import Loss, is_low
from pipelines.impact.verdicts import POLICY, VerdictPolicy
from pipelines.verdict_words import RANDOMISED

UNREGISTERED = "not registered before its results"
COMPARED = frozenset({"target_trial", "difference_in_differences", "weighted"})


@dataclass(frozen=True)
class Rating:
    """points: 0 to 5. words: what they rest on. is_registered: the evaluation was registered before its results."""

    points: int
    words: str
    is_registered: bool = True


def rate(row: Mapping[str, Any], adjusted: Sequence[str], policy: VerdictPolicy = POLICY) -> Rating:
    """The rating of one row of ESTIMATE_SCHEMA. adjusted: covariates that the comparison was made alike in; a test on one of them tests nothing."""
    if row["design"] in RANDOMISED:
        return _rate_lottery(row, policy)
    if row["design"] not in COMPARED:
        return Rating(0, "description without a comparison")
    passed = _tests_passed(row, adjusted, policy)
    if not passed:
        return Rating(1, "not randomised; no falsification test was made and passed")
    if len(passed) == 1:
        return Rating(2, f"not randomised; one falsification test passed: {passed[0]}")
    return Rating(3, f"not randomised; falsification tests passed: {', '.join(passed)}")


def unregistered(rating: Rating, policy: VerdictPolicy = POLICY) -> Rating:
    """The rating of an estimate whose evaluation wasn't registered before its results: fewer points, and it says so."""
    points = max(rating.points - policy.unregistered_step, 0)
    return replace(rating, points=points, words=f"{rating.words}; {UNREGISTERED}", is_registered=False)


def bounded_by_rating(row: Mapping[str, Any], rating: Rating, policy: VerdictPolicy = POLICY) -> dict[str, Any]:
    """The row, at most suggestive where too little was checked to support: a check that wasn't made can't improve a verdict."""
    lacking = _lacking(row, rating, policy) if row.get("verdict") == "supported" else None
    if lacking is None:
        return dict(row)
    words, reason = lacking
    return {**row, "verdict": "suggestive", "verdict_words": f"A difference is seen, but {words}.", "reasons": [reason]}


def _lacking(row: Mapping[str, Any], rating: Rating, policy: VerdictPolicy) -> tuple[str, str] | None:
    """What a supported difference lacks, as the end of a sentence and as a reason; None where it lacks nothing."""
    before_step = rating.points + (0 if rating.is_registered else policy.unregistered_step)
    if before_step < policy.least_rating:
        return (
            "nothing shows that the groups were alike in what wasn't measured",
            "no falsification test was made and passed, so the groups may differ in what wasn't measured",
        )
    if row.get("negative_control_p") is None:
        return (
            "nothing was declared that would show whether the groups differ in what wasn't measured",
            "no outcome that the programme can't have moved was declared and measured; leaving that check out can't improve a verdict",
        )
    if not _is_control_sharp(row, policy):
        return (
            "the outcome that can't have moved is known of too few to show a difference",
            "the outcome that the programme can't have moved is known so much less surely than the estimate that it clears nobody",
        )
    if rating.points < policy.least_rating:
        return (
            "how it would be judged wasn't registered before it was seen",
            "the evaluation wasn't registered before its results, and one falsification test alone doesn't make up for that",
        )
    return None


def _rate_lottery(row: Mapping[str, Any], policy: VerdictPolicy) -> Rating:
    if row.get("n_treated") is None:
        return Rating(0, "randomised; not judged yet, so how many outcomes are missing isn't known")
    loss = Loss(row["drawn_treated"], row["drawn_control"], row["n_treated"], row["n_control"])
    told = f"randomised; outcomes missing for {loss.overall:.0%} of those drawn, {100 * loss.gap:.0f} points apart between the arms"
    if not is_low(loss, policy.loss_boundary):
        return Rating(3, f"{told}: more than is low")
    checks = (row.get("balance_p"), row.get("sample_ratio_p"))
    if any(p_value is not None and p_value < policy.least_draw_p for p_value in checks):
        return Rating(3, "randomised, but the arms aren't as a draw makes them: sizes, or what was known before")
    if row["clusters"] < policy.least_units:
        return Rating(3, f"randomised, but only {row['clusters']} units were drawn")
    return Rating(5, told)


def _tests_passed(row: Mapping[str, Any], adjusted: Sequence[str], policy: VerdictPolicy) -> list[str]:
    passed = []
    control, p_control = row.get("negative_control"), row.get("negative_control_p")
    is_adjusted = control is not None and any(control == name or control.startswith(f"{name} ") for name in adjusted)
    is_quiet = p_control is not None and p_control >= policy.negative_control_level
    if control and not is_adjusted and is_quiet and _is_control_sharp(row, policy):
        passed.append("an outcome that the programme can't have moved")
    if _is_exposure_passed(row, policy):
        passed.append("people who asked for a place and got none")
    if _is_placebo_passed(row, policy):
        is_trend = row["design"] == "difference_in_differences"
        passed.append("the trend before the start" if is_trend else "promotions before the start")
    return passed


def _is_control_sharp(row: Mapping[str, Any], policy: VerdictPolicy) -> bool:
    """Whether the declared control sees differences nearly as small as the estimate does, each in standard deviations."""
    ratio = row.get("negative_control_ratio")
    return ratio is not None and bool(ratio <= policy.greatest_exposure_ratio)


def _is_placebo_passed(row: Mapping[str, Any], policy: VerdictPolicy) -> bool:
    """Nothing differed before the start, seen as sharply as the estimate itself nearly is; for surveys no step of the trend differed either."""
    p_value, ratio, trend = row.get("placebo_p"), row.get("placebo_ratio"), row.get("pre_trend_p")
    if p_value is None or ratio is None or (trend is None and row["design"] == "difference_in_differences"):
        return False
    is_quiet = p_value >= policy.placebo_level and (trend is None or trend >= policy.pre_trend_level)
    return bool(is_quiet and ratio <= policy.greatest_exposure_ratio)


def _is_exposure_passed(row: Mapping[str, Any], policy: VerdictPolicy) -> bool:
    p_value, ratio = row.get("negative_exposure_p"), row.get("negative_exposure_ratio")
    if p_value is None or ratio is None:
        return False
    return bool(ratio <= policy.greatest_exposure_ratio and p_value >= policy.negative_exposure_level)
