"""What may be said, and what is refused."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import wording
from tests.published import estimates, metric_values


def estimate(**changes) -> dict:
    row = estimates().row(by_predicate=pl.col("outcome") == "confidence", named=True)
    return row | changes


@pytest.mark.parametrize(
    "text", ["Mentoring raised retention.", "The programme led to promotions.", "This proves it.", "It boosted morale."]
)
def test_a_causal_verb_without_a_design_is_refused(text: str) -> None:
    with pytest.raises(wording.CausalWording):
        wording.refuse_causal_verbs(text)
    with pytest.raises(wording.CausalWording):
        wording.refuse_causal_verbs(text, verdicts=("caused", "not_detected"))


def test_a_lottery_that_excludes_zero_may_say_raised() -> None:
    sentence = wording.effect_sentence(estimate())
    assert wording.refuse_causal_verbs(sentence, verdicts=("caused",)) == sentence
    assert "raised leadership confidence by an estimated 0.35 points" in sentence
    assert "95 % interval 0.15 to 0.55 points" in sentence
    assert "150 people offered a place, 148 not" in sentence


def test_an_interval_over_zero_says_no_clear_difference_and_its_ends() -> None:
    sentence = wording.effect_sentence(
        estimate(verdict="not_detected", estimate=0.02, ci_low=-0.04, ci_high=0.08, unit="share")
    )
    assert "no clear difference" in sentence
    assert "-4.0 to 8.0 points" in sentence
    wording.refuse_causal_verbs(sentence)


@given(size=st.floats(0.01, 5), width=st.floats(0.001, 0.009))
def test_direction_words_agree_with_the_sign(size: float, width: float) -> None:
    for sign, word, other in ((1, "raised", "lowered"), (-1, "lowered", "raised")):
        value = sign * size
        sentence = wording.effect_sentence(estimate(estimate=value, ci_low=value - width, ci_high=value + width))
        assert word in sentence
        assert other not in sentence


def test_every_verdict_and_status_has_words_and_a_mark() -> None:
    assert set(wording.STATUS_WORDS) == set(wording.STATUS_MARKS)


def test_a_number_never_stands_without_interval_and_n() -> None:
    for row in metric_values().to_dicts():
        line = wording.metric_line(row)
        assert ("95 % interval" in line and "n = " in line) or "complete count" in line or "Not shown" in line


def test_a_suppressed_value_says_why() -> None:
    row = metric_values().filter(pl.col("is_suppressed")).row(0, named=True)
    assert wording.metric_line(row) == "Not shown to protect individuals (fewer than 5 people)"


def test_a_scale_is_told_once_and_not_in_brackets_within_brackets() -> None:
    sentence = wording.effect_sentence(estimate(unit="points (1-5)", take_up=0.94, taking_part=0.37, taking_part_low=0.2, taking_part_high=0.5))  # fmt: skip
    assert (
        "by an estimated 0.35 points on a 1-5 scale after" in sentence or "0.35 points on a 1-5 scale (95 %" in sentence
    )
    assert "(95 % interval 0.15 to 0.55 points; 150 people" in sentence
    assert "94 % of those offered a place took it" in sentence
    assert wording.effect_size(3.5, "EUR (net)") == "3.50 EUR (net)"
    quiet = wording.effect_sentence(estimate(unit="points (1-5)", verdict="not_detected", ci_low=-0.2, ci_high=0.12))
    assert (
        "no clear difference: from -0.20 to 0.12 points on a 1-5 scale is compatible with the data (150 people" in quiet
    )


def test_a_forecast_that_leaves_a_share_open_gives_no_figure() -> None:
    row = {"forecast_value": 1.0, "forecast_low": 0.0, "forecast_high": 1.0, "unit": "share"}
    assert wording.forecast(row) == "too uncertain, anything from 0 to 100 %"
    assert wording.forecast(row | {"forecast_low": 0.6}) == "100.0 % (60.0 % to 100.0 %)"
