"""What a programme manager gets: rules kept, reasons given, the same answer whatever the order of rows."""

import polars as pl
import pytest

from pipelines.matching import MatchProblem, SharedLanguage, TimeZoneGap, rules_from_policy, solve
from pipelines.matching.problem import MatchProblemError
from tests.unit.matching.people import mentees, mentors


def matched(result) -> dict[str, str]:
    return dict(result.pairs.select("mentee_person_key", "mentor_person_key").iter_rows())


RULES = rules_from_policy({"hard_rules": [{"rule": "shared_language"}, {"rule": "time_zone_gap", "max_hours": 4}]})


def test_nobody_is_offered_their_own_manager_nor_the_managers_manager() -> None:
    problem = MatchProblem(
        mentees({"reporting_line": ["m0", "m1"]}), mentors({}, {}, {"skills": []}), RULES, {"skills": 1.0}
    )
    assert matched(solve(problem, salt="s")) == {"p0": "m2"}


def test_an_excluded_person_is_never_a_match_from_either_side() -> None:
    problem = MatchProblem(mentees({"excluded": ["m0"]}, {}), mentors({"excluded": ["p1"]}), RULES, {"skills": 1.0})
    result = solve(problem, salt="s")
    assert result.pairs.is_empty()
    assert set(result.unmatched.filter(pl.col("role") == "mentee")["reason"]) == {"no_feasible_mentor"}


def test_the_unmatched_are_told_which_rule_removed_the_last_mentor() -> None:
    problem = MatchProblem(mentees({"languages": ["fi"]}), mentors({}, {}), [SharedLanguage()], {"skills": 1.0})
    detail = solve(problem, salt="s").unmatched["detail"][0]
    assert detail == "the rule that asks for a shared language removes all 2 mentors"


def test_a_shortage_is_explained_by_those_who_share_the_seats() -> None:
    problem = MatchProblem(mentees({}, {}, {}), mentors({"capacity": 2}), [], {"skills": 1.0})
    detail = solve(problem, salt="s").unmatched["detail"][0]
    assert detail == "3 mentees share the 2 seats of 1 mentor; 1 short"


def test_time_zones_are_compared_around_the_globe() -> None:
    problem = MatchProblem(
        mentees({"utc_offset_hours": 12.0}), mentors({"utc_offset_hours": -11.0}), [TimeZoneGap(2)], {"skills": 1.0}
    )
    assert matched(solve(problem, salt="s")) == {"p0": "m0"}


def test_the_order_of_rows_changes_nothing() -> None:
    people = mentees(*({"skills": ["planning", "data"][: 1 + i % 2]} for i in range(8)))
    seats = mentors(*({"skills": ["data"] if i % 2 else ["planning"], "capacity": 2} for i in range(5)))
    one = solve(MatchProblem(people, seats, RULES, {"skills": 1.0}), salt="s")
    other = solve(
        MatchProblem(people.reverse(), seats.sample(fraction=1.0, shuffle=True, seed=4), RULES, {"skills": 1.0}),
        salt="s",
    )
    assert one.pairs.equals(other.pairs)
    assert one.quality["input_hash"].equals(other.quality["input_hash"])


def test_reasons_name_the_skills_that_met() -> None:
    problem = MatchProblem(
        mentees({"skills": ["planning", "sql"]}), mentors({"skills": ["planning"]}), RULES, {"skills": 1.0}
    )
    pair = solve(problem, salt="s").pairs.row(0, named=True)
    assert pair["reasons"] == ["skills met: planning"]
    assert pair["score"] == pytest.approx(0.5)
    assert sum(part["points"] for part in pair["components"]) == pytest.approx(pair["score"])


def test_a_first_choice_counts_from_both_sides() -> None:
    problem = MatchProblem(
        mentees({"preferred": ["m1"]}, {}),
        mentors({}, {"preferred": ["p0"]}),
        RULES,
        {"preferences": 1.0, "skills": 0.1},
    )
    assert matched(solve(problem, salt="s"))["p0"] == "m1"


def test_an_unknown_rule_or_weight_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="known rules are"):
        rules_from_policy({"hard_rules": [{"rule": "same_star_sign"}]})
    with pytest.raises(ValueError, match="known components are"):
        solve(MatchProblem(mentees({}), mentors({}), [], {"charm": 1.0}), salt="s")


def test_a_missing_column_is_named() -> None:
    with pytest.raises(MatchProblemError, match="mentees lack the columns languages"):
        MatchProblem(mentees({}).drop("languages"), mentors({}), [], {"skills": 1.0})
