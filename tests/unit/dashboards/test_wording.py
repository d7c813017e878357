"""What may be said of an estimate, and what is refused: title, sentence and figure follow from the same sign, interval and verdict."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.facts.checks import drawn, taking_part
from dashboards.facts.finding import Finding
from dashboards.facts.findings import finding_of
from dashboards.facts.followed import Followed
from tests.causal_words import CausalWording, refuse_causal_verbs
from tests.published import estimates


def row(**changes) -> dict:
    return (
        estimates().row(by_predicate=pl.col("outcome") == "confidence", named=True)
        | {"cohort_name": None, "has_arms": False}
        | changes
    )


def finding(**changes) -> Finding:
    return finding_of(row(**changes))


@pytest.mark.parametrize(
    "text", ["Mentoring raised retention.", "The programme led to promotions.", "This proves it.", "It boosted morale."]
)
def test_a_causal_verb_without_a_design_is_refused(text: str) -> None:
    with pytest.raises(CausalWording):
        refuse_causal_verbs(text)
    with pytest.raises(CausalWording):
        refuse_causal_verbs(text, verdicts=("caused", "not_detected"))


def test_a_lottery_that_excludes_zero_may_say_raised() -> None:
    told = finding()
    assert refuse_causal_verbs(told.title, verdicts=("caused",)) == "The offer of a place raised leadership confidence"
    assert (told.number, told.interval) == ("+0.35", "0.15 to 0.55")
    assert "150 drawn for a place, 148 not" in told.sentence


def test_an_interval_over_zero_says_no_clear_difference_and_its_ends() -> None:
    told = finding(verdict="not_detected", estimate=0.02, ci_low=-0.04, ci_high=0.08, unit="share")
    assert told.title == "Leadership confidence: no clear difference"
    assert (told.number, told.interval) == ("+2", "−4 to +8")
    refuse_causal_verbs(f"{told.title} {told.sentence}")


@pytest.mark.slow
@given(size=st.floats(0.01, 5), width=st.floats(0.001, 0.009))
def test_direction_words_agree_with_the_sign(size: float, width: float) -> None:
    for sign, word, other in ((1, "raised", "lowered"), (-1, "lowered", "raised")):
        value = sign * size
        told = finding(estimate=value, ci_low=value - width, ci_high=value + width)
        assert word in told.title
        assert other not in f"{told.title} {told.sentence}"
        assert told.number[0] == ("+" if sign > 0 else "−")


def test_arms_of_a_lottery_are_told_apart_and_a_single_one_needs_no_name() -> None:
    assert finding(arm="mentor", wave="month 9", has_arms=True).when == ", mentor arm, after nine months"
    assert finding(arm="class", wave="pooled", has_arms=True).when == ", class arm, over all waves"
    assert finding(arm="mentoring", wave="month 9").when == ", after nine months"


def test_who_was_drawn_stands_beside_whose_outcome_is_known() -> None:
    told = finding(n_treated=87, n_control=81, drawn_treated=160, drawn_control=156)
    assert "160 drawn for a place, 156 not; 87 and 81 with a known outcome" in told.sentence


def test_the_effect_on_those_who_took_their_place_has_its_interval() -> None:
    taken = {"take_up": 0.94, "taking_part": 0.37, "taking_part_low": 0.2, "taking_part_high": 0.5}
    assert taking_part(row(**taken)) == "94% took it: +0.37 (0.20 to 0.50)"
    assert taking_part(row(**taken | {"take_up": 1.0})) == "–"


def test_what_isnt_known_of_a_draw_is_not_told_as_nobody_missing() -> None:
    unknown = row(drawn_treated=None, drawn_control=None, overall_loss=None)
    assert drawn(unknown, finding_of(unknown))[1:4] == ("not known", "150 and 148", "not known")
    assert "how many were drawn isn't known" in finding_of(unknown).sentence
    assert drawn(row(overall_loss=0.0), finding())[3] == "nobody's"


def test_levels_are_those_of_the_groups_that_were_compared() -> None:
    lottery = row(unit="share", estimate=0.05, ci_low=0.01, ci_high=0.09, treated_mean=0.9, control_mean=0.85)
    told = Followed(lottery, finding_of(lottery)).in_people
    assert told.startswith(
        "90% of those drawn for a place, 85% of those who weren't. The difference is +5 percentage points (95% CI 1 to 9; 150 and 148 people)"
    )
    refused = row(estimate=None, verdict="refused", reasons=["the outcome's window isn't over"])
    assert Followed(refused, None).title == "Leadership confidence: not estimated"
