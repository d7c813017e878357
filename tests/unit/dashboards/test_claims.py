"""Nothing comforts without facts, and pages, report and summary say the same."""

import pytest

from dashboards import claims, wording

MEETS = [{"name": "One", "value": 0.9, "numerator": 9.0, "denominator": 10.0, "suppression_reason": None}]


def goal(name: str, status: str, now: float | None = 0.5, expected: float = 0.6) -> dict:
    return {
        "goal_id": name,
        "status": status,
        "statement": f"Goal {name}.",
        "owner": "Head of learning",
        "baseline": 0.4,
        "target_value": 0.8,
        "current_value": now,
        "expected_now": expected,
    }


@pytest.mark.parametrize(
    ("goals", "said"),
    [
        ([], "No goal is declared yet."),
        ([goal("a", "cannot_tell")], "The one goal can't be judged yet."),
        ([goal("a", "cannot_tell"), goal("b", "cannot_tell")], "None of 2 goals can be judged yet."),
        ([goal("a", "on_track")], "1 of 1 goal that can be judged is achieved or on track."),
        (
            [goal("a", "achieved_within_margin"), goal("b", "missed"), goal("c", "cannot_tell")],
            "1 of 2 goals that can be judged is achieved or on track; 1 can't be judged yet.",
        ),
    ],
)
def test_goals_that_cant_be_judged_are_no_failures(goals: list[dict], said: str) -> None:
    assert claims.goals_sentence(goals) == said


def test_no_decision_is_needed_only_where_all_is_known_and_well() -> None:
    well = [goal("a", "achieved")]
    comfort = "No decision is needed"
    assert claims.decision(well, claims.meeting(MEETS), []).startswith(comfort)
    unknown = [{**MEETS[0], "value": None}]
    silent = [{**MEETS[0], "value": 0.0, "numerator": 0.0}]
    for goals, rows, stale in (
        ([], MEETS, []),
        ([goal("a", "cannot_tell")], MEETS, []),
        ([*well, goal("b", "cannot_tell")], MEETS, []),
        ([*well, goal("b", "at_risk")], MEETS, []),
        (well, unknown, []),
        (well, silent, []),
        (well, MEETS, ["hris"]),
    ):
        assert comfort not in claims.decision(goals, claims.meeting(rows), stale)


def test_pairs_that_dont_meet_raise_an_alarm_before_anything_else() -> None:
    pairs = claims.meeting([{**MEETS[0], "value": 0.0, "numerator": 0.0}])
    assert pairs.alarms == ("One: none of 10 open pairs met in the last 30 days",)
    assert claims.meeting([{**MEETS[0], "value": 0.0, "numerator": 0.0, "denominator": 1.0}]).alarms == (
        "One: none of 1 open pair met in the last 30 days",
    )
    assert "none of 10 open pairs" in claims.decision([goal("a", "missed")], pairs, [])


def test_the_goal_furthest_behind_is_the_furthest_by_distance() -> None:
    goals = [goal("near", "off_track", now=0.55), goal("far", "at_risk", now=0.41), goal("well", "on_track", now=0.1)]
    assert claims.furthest_behind(goals) is goals[1]


def test_every_status_has_words_a_mark_and_a_place() -> None:
    assert set(wording.STATUS_WORDS) == set(wording.STATUS_MARKS) == set(claims.ORDER)


def test_a_complete_count_has_no_interval() -> None:
    row = {"value": 60.0, "ci_low": 60.0, "ci_high": 60.0, "unit": "people", "interval_method": "t", "n_people": 60}
    assert wording.metric_line(row) == "60 (complete count)"


def test_a_lottery_says_who_was_drawn_and_whose_outcome_is_missing() -> None:
    row = {"n_treated": 87, "n_control": 81, "drawn_treated": 160, "drawn_control": 156}
    said = wording._drawn(row)
    assert said.startswith(
        "160 people offered a place, 156 not; outcome known and used for 87 and 81, missing for 46 % and 48 %"
    )
