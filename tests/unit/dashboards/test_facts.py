"""What pages, report and summary say: nothing comforts without facts, and title, word and number can't disagree."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.design import icons
from dashboards.facts import alarms, changes, decision, findings, goals, meetings, periods
from dashboards.facts import money as cost_facts
from dashboards.facts.finding import DIFFERENCES, Contradiction, Finding
from dashboards.facts.periods import Period
from dashboards.facts.programmes import Cohort
from dashboards.facts.words import (
    decimals,
    difference,
    difference_span,
    figure,
    level,
    listed,
    money,
    plural,
    span,
    with_unit,
)
from dashboards.parts import money_parts
from dashboards.snapshot import Snapshot

AS_OF = date(2026, 10, 31)
MEETS = {"programme_id": "one", "name": "One", "value": 0.9, "numerator": 9.0, "denominator": 10.0, "most_met": True}  # fmt: skip
NONE_MET = {"value": 0.0, "numerator": 0.0, "most_met": False}


def goal(name: str, status: str, now: float | None = 0.5, expected: float = 0.6, **more: Any) -> goals.Goal:
    given = {
        "goal_id": name, "programme_id": "one", "programme": "One", "name": name, "statement": f"Goal {name}.", "metric_id": "csat_mentee", "segment_kind": "all",
        "segment": "all", "unit": "share", "direction": "increase", "baseline": 0.4, "target": 0.8, "expected": expected, "value": now, "low": None if now is None else now - 0.05,
        "high": None if now is None else now + 0.05, "n_people": 60, "forecast": None, "status": status, "reason": "", "start": date(2026, 1, 1), "due": date(2027, 6, 30), "owner": "Head of learning",
    }  # fmt: skip
    return goals.Goal(**{**given, **more})


def finding(estimate: float, half: float, verdict: str, **more: Any) -> Finding:
    given = {
        "estimate_id": "e", "programme_id": "one", "programme": "One", "outcome": "confidence", "label": "Leadership confidence", "unit": "points (1-5)", "is_primary": True,
        "design": "lottery", "when": "", "estimate": estimate, "low": estimate - half, "high": estimate + half, "rating": 5, "rating_reason": "", "verdict": verdict, "n_treated": 100,
        "n_control": 100, "cohort": "", "drawn": (120, 120), "levels": None, "bounds": None, "loss": 0.1, "smallest_detectable": 0.3, "check": "",
    }  # fmt: skip
    return Finding(**{**given, **more})


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "No goal is declared yet."),
        ([goal("a", "cannot_tell")], "The one goal can't be judged."),
        ([goal("a", "cannot_tell"), goal("b", "cannot_tell")], "None of 2 goals can be judged."),
        ([goal("a", "on_track")], "The one goal is on track."),
        (
            [goal("a", "achieved_within_margin"), goal("b", "missed"), goal("c", "cannot_tell")],
            "1 of 2 goals that can be judged is achieved or on track; 1 can't be judged.",
        ),
    ],
)
def test_goals_that_cant_be_judged_are_no_failures(rows: list[goals.Goal], said: str) -> None:
    assert goals.goals_sentence(rows) == said


def asked(rows: list[goals.Goal], seen: alarms.Watch, rounds: list[Cohort] | None = None) -> decision.Decision:
    return decision.decide(rows, seen, rounds or [], AS_OF)


def test_no_decision_is_needed_only_where_all_is_known_and_well() -> None:
    well = [goal("a", "achieved")]
    assert asked(well, alarms.read([MEETS])).sentence.startswith("No decision is needed")
    unknown, silent = {**MEETS, "value": None, "most_met": None}, {**MEETS, **NONE_MET}
    for rows, seen in (
        ([], alarms.read([MEETS])),
        ([goal("a", "cannot_tell")], alarms.read([MEETS])),
        ([*well, goal("b", "cannot_tell")], alarms.read([MEETS])),
        ([*well, goal("b", "at_risk")], alarms.read([MEETS])),
        (well, alarms.read([unknown])),
        (well, alarms.read([silent])),
        (well, alarms.read([MEETS], ["hris"])),
    ):
        assert "No decision is needed" not in asked(rows, seen).sentence


def test_pairs_that_dont_meet_raise_an_alarm_before_anything_else() -> None:
    seen = alarms.read([{**MEETS, **NONE_MET}])
    assert [alarm.sentence for alarm in seen.alarms] == ["One: none of 10 open pairs met in the last 30 days"]
    single = alarms.read([{**MEETS, **NONE_MET, "denominator": 1.0}])
    assert single.alarms[0].sentence == "One: none of 1 open pair met in the last 30 days"
    hidden = alarms.read([{**MEETS, "value": None, "most_met": False}])
    assert hidden.alarms[0].sentence == "One: fewer than half of the open pairs met in the last 30 days"
    assert not hidden.unknown
    told = asked([goal("a", "missed")], seen)
    assert told.kind == "pairs_silent" and "none of 10 open pairs" in told.facts
    assert told.owner == "Head of learning"


def test_without_goals_the_decision_is_to_declare_one() -> None:
    told = asked([], alarms.read([MEETS]))
    assert told.title == "Declare a goal"
    assert told.owner == decision.NO_OWNER and told.by > AS_OF


def test_the_goal_furthest_behind_is_the_furthest_by_distance() -> None:
    rows = [goal("near", "off_track", now=0.55), goal("far", "at_risk", now=0.41), goal("well", "on_track", now=0.1)]
    assert goals.furthest_behind(rows) is rows[1]
    told = asked(rows, alarms.read([MEETS]))
    assert told.kind == "goal_behind" and "far" in told.title and told.owner == "Head of learning"


def test_a_decision_falls_on_the_working_day_before_the_next_round() -> None:
    rounds = [Cohort("c", "one", "Autumn", date(2026, 11, 16), None, "forming", "algorithm")]
    told = asked([goal("a", "off_track")], alarms.read([MEETS]), rounds)
    assert told.by == date(2026, 11, 13), "the 16th is a Monday"
    assert asked([goal("a", "off_track")], alarms.read([MEETS])).by == date(2026, 11, 30)


def test_every_status_has_words_a_mark_and_a_place() -> None:
    assert set(goals.STATUS_WORDS) == set(icons.GOAL) == set(goals.ORDER)


def test_a_goal_that_counts_from_a_baseline_reads_as_people_of_people() -> None:
    guided = goal("Students guided", "on_track", 139, 134, unit="people", baseline=54, target=154, low=None, high=None)
    assert (guided.now_text, guided.baseline_text, guided.target_text) == ("85 of 100 (count)", "0", "100")
    assert "80 was due by now" in guided.facts


@pytest.mark.parametrize("unit", ["points (1-5)", "share", "days"])
@pytest.mark.parametrize("verdict", DIFFERENCES)
def test_flipping_the_sign_flips_title_number_and_interval_together(unit: str, verdict: str) -> None:
    up = finding(0.35, 0.15, verdict, unit=unit)
    down = replace(up, estimate=-up.estimate, low=-up.high, high=-up.low)
    assert up.word == down.word and up.rating == down.rating
    assert up.number.lstrip("+") == down.number.lstrip("−")
    for more, fewer in (("raised", "lowered"), ("higher", "lower"), ("more", "fewer")):
        assert up.title.replace(more, "?") == down.title.replace(fewer, "?") or more not in up.title
    assert up.title != down.title and up.phrase != down.phrase and up.is_better != down.is_better


@given(st.floats(-5, 5), st.floats(0.001, 5))
def test_title_word_and_number_never_disagree(estimate: float, half: float) -> None:
    verdict = "suggestive" if abs(estimate) > half else "not_detected"
    one = finding(estimate, half, verdict)
    if verdict == "not_detected":
        assert "no clear difference" in one.title and one.word == "no clear difference" and one.side == "open"
        return
    assert ("higher" in one.title) == (estimate > 0) == (one.side == "higher")
    assert one.number.startswith("−") <= (estimate < 0)


def test_a_difference_whose_interval_includes_zero_is_an_error_and_no_sentence(published: Path) -> None:
    row = Snapshot(published).frame(findings.ESTIMATES).filter(pl.col("verdict") == "caused").row(0, named=True)
    with pytest.raises(Contradiction, match="includes zero"):
        findings.finding_of({**row, "ci_low": -0.1})


def test_nulls_stand_beside_the_strongest_differences(published: Path) -> None:
    found = findings.evidence(Snapshot(published))
    chosen = findings.top_findings(found)
    assert chosen[0].verdict == "caused"
    assert any(not one.is_difference for one in chosen)
    assert findings.findings_title(chosen).startswith("Three findings: one effect caused by the offer")
    ratings = [one.rating for one in found.findings]
    assert ratings == sorted(ratings, reverse=True)


def test_where_an_outcome_was_randomised_its_weaker_comparison_stays_in_the_annex(published: Path) -> None:
    found = findings.evidence(Snapshot(published))
    drawn = {(one.programme_id, one.outcome) for one in found.findings if one.design == "lottery"}
    assert not [one for one in found.shown if (one.programme_id, one.outcome) in drawn and one.design != "lottery"]


def test_meetings_are_told_against_what_was_agreed(published: Path) -> None:
    first = meetings.meetings(Snapshot(published))[0]
    assert first.word == "below" and first.months_below == len(first.months) == 9
    assert "below the agreed 1.0; below in 9 of 9 months" in first.sentence
    assert meetings.headline([first]) == "Pairs meet less often than agreed"
    assert meetings.headline([]) == "Whether pairs meet as agreed is not measured"


def test_three_months_together_are_their_meetings_over_their_time_and_no_surer_than_one_month(published: Path) -> None:
    months = [
        {"numerator": n, "denominator": d, "value": n / d, "ci_low": n / d - 0.1, "ci_high": n / d + 0.1, "n_people": 20, "period_start": date(2026, month, 1), "period_end": date(2026, month, 28)}
        for month, n, d in ((7, 10.0, 20.0), (8, 20.0, 20.0), (9, 30.0, 10.0))
    ]  # fmt: skip
    read = meetings._together(months)
    assert read is not None and (read.value, read.start) == (pytest.approx(60 / 50), date(2026, 7, 1))
    assert read.high - read.low == pytest.approx(0.2)
    months[1]["ci_low"] = None
    alone = meetings._together(months)
    assert alone is not None and (alone.value, alone.start) == (pytest.approx(3.0), date(2026, 9, 1))


def test_a_month_in_which_pairs_were_open_for_less_than_half_of_it_is_no_month_to_judge_by() -> None:
    assert not meetings._is_full({"denominator": 36.0, "n_people": 75})
    assert meetings._is_full({"denominator": 70.0, "n_people": 75}) and meetings._is_full(
        {"denominator": None, "n_people": 4}
    )


def test_worse_and_better_follow_the_measures_direction(published: Path) -> None:
    rows = changes.changes(Snapshot(published))
    fallen = next(row for row in rows if row.signal == "below")
    assert fallen.variation == "worse" and replace(fallen, direction="decrease").variation == "better"
    assert fallen.answer == "Yes, lower"
    assert changes.changes_title(rows) == "What changed: session frequency moved more than usual"
    assert changes.changes_title([]) == "What changed: no monthly measure can be shown yet"


def test_what_changed_compares_with_the_last_issued_report_where_there_is_one(published: Path) -> None:
    last = Period(0.9, 0.8, 1.0, 80)
    rows = changes.changes(Snapshot(published), {("session_frequency", "mentoring_a", "all"): last})
    told = next(row for row in rows if row.metric_id == "session_frequency")
    assert (told.before, told.before_words) == (last, "last report")
    assert told.difference is not None and told.difference.low is not None


def test_no_difference_is_told_without_its_people_and_its_interval_or_that_chance_cant_be_told(published: Path) -> None:
    rows = [row for row in changes.changes(Snapshot(published)) if row.difference]
    assert rows and all(", n " in row.difference_words for row in rows)
    one = next(row for row in rows if row.metric_id == "session_frequency")
    bare = replace(one, before=Period(0.9))
    assert "can't be told from chance" in bare.difference_words
    assert replace(one, before=None).difference_words == ""


def test_the_interval_of_a_difference_is_the_published_one() -> None:
    # Newcombe 1998, Statistics in Medicine 17:873-890, Table II (a): 56/70 against 48/80, method 10
    apart = periods.between(Period(0.8, 0.6919, 0.8769), Period(0.6, 0.4905, 0.7004))
    assert (apart.low, apart.high) == (pytest.approx(0.0524, abs=1e-3), pytest.approx(0.3339, abs=1e-3))
    assert apart.is_beyond_chance and not periods.between(Period(0.8, 0.5, 0.9), Period(0.6, 0.4, 0.8)).is_beyond_chance
    assert periods.between(Period(5.0, 5.0, 5.0), Period(4.0, 3.0, 5.0)).low is None


def test_months_of_other_people_tell_more_together_than_months_of_the_same() -> None:
    parts, weights = [Period(1.0, 0.4, 1.6)] * 4, [1.0] * 4
    same, others = periods.together(parts, weights), periods.together(parts, weights, are_separate=True)
    assert same.low == pytest.approx(0.4) and others.low == pytest.approx(0.7)
    assert periods.together([*parts, Period(1.0)], [1.0] * 5).low is None


def test_the_headline_says_the_best_finding_and_the_decision(published: Path) -> None:
    snapshot = Snapshot(published)
    said = decision.headline(findings.evidence(snapshot), decision.decision(snapshot))
    assert said.startswith("The offer of a place raised leadership confidence in Mentoring A, but its goal")
    nothing = findings.Evidence((), ())
    assert decision.headline(nothing, asked([], alarms.read([MEETS]))) == "No goal is declared yet"


def test_the_summary_holds_the_same_sentences(published: Path) -> None:
    told = decision.standing(Snapshot(published))
    assert told["goals_sentence"] == "2 of 4 goals that can be judged are achieved or on track; 1 can't be judged."
    assert set(told) == {"goals", "goals_sentence", "alarms", "headline", "decision"}


def test_a_figure_has_as_many_decimals_as_its_interval_allows() -> None:
    assert level(0.5357, 0.4843, 0.5863, "share") == "54% (48 to 59)"
    assert level(0.796, 0.733, 0.864) == "0.80 (0.73 to 0.86)"
    assert level(60.0, 60.0, 60.0, "people") == "60"
    assert figure(0.4625, "share", 1) == "46.3%", "half goes up, as readers round"
    assert difference(0.0506, -0.0196, 0.1207, "share") == "+5"
    assert difference_span(-0.0196, 0.1207, "share") == "−2 to +12"
    assert difference(-14.2, -23.25, -5.16, "days") == "−14" and difference_span(0.13, 0.43) == "0.13 to 0.43"
    assert decimals(None, None, "people") == 0 and span(None, None) == ""


def test_one_day_is_no_days() -> None:
    assert [with_unit(shown, "days") for shown in ("1", "29")] == ["1 day", "29 days"]
    assert with_unit("54%", "share") == "54%" and with_unit("0.52", "scale_points") == "0.52 points"


def test_lists_counts_and_money_are_written_out_right() -> None:
    assert plural(1, "programme") == "1 programme" and plural(2, "programme") == "2 programmes"
    assert listed(["a"]) == "a" and listed(["a", "b", "c"]) == "a, b and c" and listed([]) == ""
    assert money(54321, "EUR") == "€54,300" and money(965, "EUR") == "€965" and money(33200, "KES") == "KES 33,200"


def test_costs_are_told_item_by_item_and_per_head(published: Path) -> None:
    told, silent = cost_facts.costs(Snapshot(published))
    assert next((item.item, item.source) for item in told.items) == ("coordination", "declared amount")
    assert (told.total, told.quarter, told.participants) == (24000.0, 2400.0, 120)
    assert told.per_participant == 200 and told.share_of_time == 0.5
    assert told.title == "€200 per participant; 50% is people's time"
    assert silent.total is None and silent.reason == "no costs and no held sessions are loaded"
    assert cost_facts.costs_sentence([told, silent]) == (
        "€2,400 in three months: bills €1,200 and mentors' and mentees' time €1,200. Since the start €24,000, or €200 for each of 120 participations."
    )
    assert cost_facts.costs_sentence([silent]).startswith("Costs are not measured")
    hidden = replace(told, completed_pairs=None)
    assert "isn't measured, or not shown" in money_parts.completed_in_words(hidden)
    assert money_parts.completed_in_words(replace(told, completed_pairs=0)) == "no completed pair is recorded"


def test_a_sum_that_would_tell_a_hidden_cost_is_not_told(published: Path) -> None:
    rows = [{"amount": 10.0, "is_suppressed": False}, {"amount": None, "is_suppressed": True}]
    assert cost_facts._total(rows) is None
    assert cost_facts._total(rows[:1]) == 10.0


@pytest.mark.parametrize(
    ("verdict", "told"), [("suggestive", False), ("not_detected", False), ("supported", True), ("caused", True)]
)
def test_a_return_is_worked_out_only_where_the_evidence_carries_it(verdict: str, told: bool, published: Path) -> None:
    half = 0.01 if verdict != "not_detected" else 0.1
    one = finding(0.05, half, verdict, outcome="retained_12m", unit="share", drawn=(100, 100))
    spent = cost_facts.costs(Snapshot(published))[0]
    sums = cost_facts._break_even(one, spent, 10_000)
    assert (sums.cost, sums.needed, round(sums.estimate, 6)) == (20_000, 2.0, 5.0)
    assert (sums.gain is not None) == told
    assert "100 places pay when 2 more people stay; the estimate is 5" in sums.sentence
    assert ("Return: €30,000" in sums.sentence) == told


def test_one_more_person_is_one_person(published: Path) -> None:
    one = finding(0.05, 0.01, "supported", outcome="retained_12m", unit="share", drawn=(100, 100))
    sums = cost_facts._break_even(one, cost_facts.costs(Snapshot(published))[0], 40_000)
    assert "pay when 1 more person stays" in sums.sentence


def test_bounds_for_those_who_are_missing_are_no_interval() -> None:
    """They allow for who is missing and not for chance: an effect that "lies between" them was surer than its own interval."""
    told = finding(0.28, 0.15, "caused", bounds=(0.24, 0.32)).sentence
    assert "the estimate lies between 0.24 and 0.32, give or take chance." in told
    assert "effect lies" not in told


def test_an_interval_at_one_of_several_looks_says_how_sure_it_is() -> None:
    usual, surer = finding(0.3, 0.2, "caused"), finding(0.3, 0.2, "caused", confidence=0.9742)
    assert (usual.interval, usual.interval_told) == ("0.10 to 0.50", "95% CI 0.10 to 0.50")
    assert (surer.interval, surer.interval_told) == ("0.10 to 0.50 (97.42%)", "97.42% CI 0.10 to 0.50")


def test_a_staggered_rollout_is_told_as_randomised_and_those_who_wait_twice_are_not_two_people() -> None:
    one = finding(0.3, 0.2, "caused", design="staggered", drawn=(80, 130), n_treated=80, n_control=120)
    assert one.title == "Having started raised leadership confidence"
    assert one.people == "80 who started, 120 times somebody waited"
    assert "Randomised: 80 drawn to start, 130 to wait (who waits through several starts counts at each); 80 and 120 with a known outcome." in one.sentence  # fmt: skip
    assert "people" not in one.people
