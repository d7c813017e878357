"""The policy as it is read, and what is said of a lottery: each figure of the policy decides at exactly its value, and each reason says its own numbers."""

from dataclasses import replace

import pytest
import yaml

from pipelines.impact.attrition import Loss
from pipelines.impact.draw_integrity import UNCHECKED
from pipelines.impact.verdicts import (
    POLICY,
    REASONS,
    DrawEvidence,
    judge_randomised,
    read_policy,
    read_reasons,
    refuse_nan,
)

WHOLE = Loss(100, 100, 100, 100)
SEEN = DrawEvidence(estimate=1.0, std_error=0.2, ci_low=0.6, ci_high=1.4, unit="points", loss=WHOLE)


def policy_text(**changed: object) -> str:
    """The policy in force as YAML, entries replaced; None takes one away."""
    kept = {
        name: {"value": _plain(getattr(POLICY, name)), "reason": f"because of {name}"} for name in REASONS
    } | changed
    return yaml.safe_dump(
        {"version": "9.9", "thresholds": {name: entry for name, entry in kept.items() if entry is not None}}
    )


def _plain(value: object) -> object:
    return [list(point) for point in value] if isinstance(value, tuple) else value


def test_a_policy_is_its_version_and_its_thresholds() -> None:
    assert read_policy(policy_text()) == replace(POLICY, version="9.9")
    assert read_policy(policy_text(least_treated={"value": 7, "reason": "x"})).least_treated == 7


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"least_treated": None}, r"differ from the rules': \['least_treated'\]\.$"),
        ({"least_teated": {"value": 1, "reason": "x"}}, r"^The policy's thresholds differ from the rules': \['least_teated'\]\.$"),
        ({"least_treated": {"value": 1}, "least_rating": {"value": 1, "reason": ""}}, r"^The policy gives no reason for least_rating, least_treated\.$"),
    ],
    ids=["missing", "unknown", "without a reason"],
)  # fmt: skip
def test_a_policy_that_is_not_whole_is_refused(changed: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_policy(policy_text(**changed))


def test_every_threshold_has_its_own_reason() -> None:
    assert read_reasons(policy_text()) == {name: f"because of {name}" for name in REASONS}
    assert len(set(REASONS.values())) > 20


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), -float("inf")])
def test_a_figure_that_is_none_is_refused_and_one_that_was_not_made_is_not(figure: float) -> None:
    refuse_nan(None, 0.0, 1.0)
    with pytest.raises(ValueError, match=r"^An estimate, its limits, or a check of it aren't numbers: nothing can be said of them\.$"):  # fmt: skip
        refuse_nan(None, 1.0, figure)


NOT_A_NUMBER = float("nan")


@pytest.mark.parametrize(
    "evidence",
    [
        *({name: NOT_A_NUMBER} for name in ("estimate", "std_error", "ci_low", "ci_high", "p_adjusted", "p_randomisation")),
        {"check": replace(UNCHECKED, balance_p=NOT_A_NUMBER)},
        {"check": replace(UNCHECKED, ratio_p=NOT_A_NUMBER)},
        {"bounds": (NOT_A_NUMBER, 1.0)},
        {"bounds": (1.0, NOT_A_NUMBER)},
    ],
)  # fmt: skip
def test_nothing_is_said_of_an_estimate_any_figure_of_which_is_none(evidence: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="nothing can be said"):
        judge_randomised(replace(SEEN, **evidence))


@pytest.mark.parametrize(
    ("evidence", "reasons"),
    [
        ({"loss": Loss(100, 100, 19, 50)}, ("19 and 50 people; at least 20 a side are needed",)),
        ({"loss": Loss(100, 100, 50, 19)}, ("50 and 19 people; at least 20 a side are needed",)),
        ({"events": 9}, ("only 9 events over both arms; at least 10 are needed",)),
        ({"events": 12, "fewest_events": 4}, ("only 4 events in one arm; at least 5 are needed",)),
        ({"events": 9, "fewest_events": 1}, ("only 9 events over both arms; at least 10 are needed",)),
        (
            {"loss": Loss(9, 9, 9, 9), "events": 3},
            ("9 and 9 people; at least 20 a side are needed", "only 3 events over both arms; at least 10 are needed"),
        ),
    ],
)
def test_too_few_people_or_events_say_how_many_there_are(evidence: dict[str, object], reasons: tuple[str, ...]) -> None:
    judged = judge_randomised(replace(SEEN, **evidence))
    assert (judged.verdict, judged.words) == ("not_supported", "Too few people or events to tell.")
    assert judged.reasons == reasons


@pytest.mark.parametrize("enough", [{"loss": Loss(20, 20, 20, 20)}, {"events": 10}, {"events": 10, "fewest_events": 5}])
def test_just_enough_is_enough(enough: dict[str, object]) -> None:
    assert judge_randomised(replace(SEEN, **enough)).verdict == "caused"


@pytest.mark.parametrize("limits", [(-0.4, 1.4), (0.0, 1.4), (-1.4, 0.0)])
def test_an_interval_that_holds_zero_says_what_cannot_be_excluded(limits: tuple[float, float]) -> None:
    judged = judge_randomised(replace(SEEN, ci_low=limits[0], ci_high=limits[1]))
    low, high = (f"{limit:,.4g}" for limit in limits)
    assert judged.verdict == "not_detected"
    assert judged.words == (
        f"No clear difference: from {low} to {high} points is compatible with the data; effects up to 1.4 points can't be excluded."
    )
    assert judged.reasons == ("the interval includes zero",)


@pytest.mark.parametrize(("limits", "word"), [((0.6, 1.4), "raised"), ((-1.4, -0.6), "lowered")])
def test_a_lottery_that_shows_a_difference_says_which_way(limits: tuple[float, float], word: str) -> None:
    judged = judge_randomised(replace(SEEN, ci_low=limits[0], ci_high=limits[1]))
    assert judged.verdict == "caused"
    assert judged.words == f"Being offered the programme {word} the outcome (randomised)."
    assert judged.reasons == ("randomised", "the interval excludes zero")
    assert judged.shows_figure


DOUBTS = [
    ({"p_adjusted": 0.06, "comparisons": 4}, "one of 4 comparisons of arms and waves; corrected for that, p is 0.06"),
    ({"p_randomisation": 0.06}, "few units were drawn: 6% of the possible draws would show as much"),
    ({"check": replace(UNCHECKED, balance_p=0.0009)}, "the arms differ in what was known before by more than a draw makes them differ: find out how places were given"),
    ({"check": replace(UNCHECKED, ratio_p=0.0009)}, "the arms don't have the sizes that were planned: people are missing from the draw, or were added to it"),
    ({"loss": Loss(100, 100, 85, 70), "bounds": (1.0, 1.0)}, "the outcome isn't known for 22% of those drawn, and for 15 points more of one arm than of the other: more than a draw can bear"),
    ({"loss": Loss(100, 100, 97, 97)}, "outcomes are missing, and what they might have been can't be bounded"),
    ({"loss": Loss(100, 100, 97, 97), "bounds": (1.0, None)}, "outcomes are missing, and what they might have been can't be bounded"),
    ({"loss": Loss(100, 100, 97, 97), "bounds": (0.3, 1.2)}, "allowing for those whose outcome isn't known, anything from 0.3 to 1.2 points is possible, give or take chance"),
    ({"loss": Loss(100, 100, 97, 97), "bounds": (-1.2, -0.3)}, "allowing for those whose outcome isn't known, anything from -1.2 to -0.3 points is possible, give or take chance"),
]  # fmt: skip


@pytest.mark.parametrize(("evidence", "reason"), DOUBTS)
def test_each_doubt_alone_takes_caused_away_and_says_why(evidence: dict[str, object], reason: str) -> None:
    judged = judge_randomised(replace(SEEN, **evidence))
    assert judged.verdict == "suggestive"
    assert judged.words == "A difference is seen, but the draw alone doesn't establish it."
    assert judged.reasons == (reason,)


@pytest.mark.parametrize(
    "evidence",
    [
        {"p_adjusted": 0.05, "p_randomisation": 0.05},
        {"check": replace(UNCHECKED, balance_p=0.001, ratio_p=0.001)},
        {"loss": Loss(100, 100, 97, 97), "bounds": (0.4, 1.2)},
        {"bounds": (0.4, None)},
    ],
    ids=["of comparisons", "of the draw", "of missing answers", "nobody is missing"],
)
def test_just_inside_every_limit_is_still_caused(evidence: dict[str, object]) -> None:
    assert judge_randomised(replace(SEEN, **evidence)).verdict == "caused"


def test_all_doubts_are_told_together() -> None:
    every = {name: value for evidence, _ in DOUBTS[:4] for name, value in evidence.items()}
    every["check"] = replace(UNCHECKED, balance_p=0.0009, ratio_p=0.0009)
    assert judge_randomised(replace(SEEN, **every)).reasons == tuple(reason for _, reason in DOUBTS[:4])
