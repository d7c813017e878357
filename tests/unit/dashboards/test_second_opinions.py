"""Other methods in sentences: with interval and people, and silent where there is nothing to tell."""

import pytest

from dashboards.facts.second_opinions import asked_otherwise, methods, side_by_side

ROW = {
    "unit": "share", "estimate": 0.051, "doubly_robust": 0.049, "doubly_robust_low": 0.008, "doubly_robust_high": 0.09, "method_gap": 0.1,
    "matched_people": 200, "matched_treated_mean": 0.86, "matched_control_mean": 0.81, "matched_low": 0.004, "matched_high": 0.096,
    "hidden_bias_bound": 1.23, "hazards_change_p": 0.4,
}  # fmt: skip
POLICY = {"hazards_change_level": 0.05}
NOTHING = dict.fromkeys(ROW) | {"unit": "share"}


def test_every_method_is_told_with_its_interval_and_its_people() -> None:
    told = asked_otherwise(ROW, POLICY)
    assert told == (
        "Modelling the outcome as well (doubly robust) gives 4.9 points (95% CI 0.8 to 9.0 points), 0.1 standard errors from the estimate above.",
        "Side by side: of about 200 mentees with colleagues like them, 86%; of the five colleagues most like each of them, 81% (difference, 95% CI 0.4 to 9.6 points).",
        "Taken pair by pair, something unmeasured that made one of two such colleagues 1.2 times as likely to join could explain it (Rosenbaum bound).",
    )


def test_where_the_verdict_shows_no_figure_no_other_method_does() -> None:
    assert asked_otherwise(NOTHING, POLICY) == ()
    assert asked_otherwise(NOTHING | {"hazards_change_p": 0.001}, POLICY) == ()


def test_a_release_from_before_these_methods_is_still_read() -> None:
    assert asked_otherwise({"unit": "share", "estimate": 0.05}, POLICY) == ()


def test_a_difference_that_changes_over_time_is_told() -> None:
    assert asked_otherwise(ROW | {"hazards_change_p": 0.012}, POLICY)[-1] == (
        "The difference isn't the same in all months (p = 0.012): read the curve rather than one ratio."
    )


def test_pairs_that_show_nothing_are_said_to() -> None:
    assert "Taken pair by pair the difference isn't clear." in asked_otherwise(ROW | {"hidden_bias_bound": 1.0}, POLICY)


def test_the_level_at_which_a_change_is_told_is_the_policys() -> None:
    assert len(asked_otherwise(ROW | {"hazards_change_p": 0.012}, {"hazards_change_level": 0.01})) == 3


WHOLE = ROW | {
    "outcome_label": "Still employed after 12 months",
    "ci_low": 0.01,
    "ci_high": 0.092,
    "n_treated": 211,
    "n_control": 560,
}


def test_leadership_sees_mentees_beside_the_colleagues_most_like_them() -> None:
    assert (
        side_by_side(WHOLE)
        == "Still employed after 12 months: 86 of 100 mentees, and 81 of 100 colleagues most like them"
    )
    assert side_by_side(WHOLE | {"matched_people": None}) == ""
    assert side_by_side(WHOLE | {"estimate": None}) == ""


def test_the_same_difference_stands_by_each_method_on_one_scale() -> None:
    drawn = methods(WHOLE)
    assert [one.low < one.estimate < one.high for one in drawn] == [True, True, True]
    assert drawn[2].estimate == pytest.approx(0.05)
    assert drawn[2].people == "about 200, and up to 5 colleagues each"
    assert (
        methods(NOTHING)
        == methods({"unit": "share", "estimate": 0.05, "n_treated": 3, "n_control": 4, "ci_low": 0.0, "ci_high": 0.1})
        == []
    )
