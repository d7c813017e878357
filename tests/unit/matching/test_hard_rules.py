"""Each hard rule alone: which pairs it forbids at its limit, whom it doesn't judge, and what it says of itself."""

from typing import Any

import numpy as np
import pytest

from pipelines.matching import rules_from_policy
from pipelines.matching.eligibility import (
    Availability,
    CategoryRule,
    DeclaredExclusion,
    ForbiddenPair,
    LevelGap,
    OwnReportingLine,
    PairRule,
    Population,
    PreviousPair,
    SharedLanguage,
    TimeZoneGap,
    coded,
    listed,
)
from tests.unit.matching.people import mentees, mentors


def forbidden(rule: CategoryRule | PairRule, ours: list[dict], theirs: list[dict]) -> list[list[int]]:
    """Per mentee the mentors, by position, whom the rule forbids."""
    return [np.flatnonzero(row).tolist() for row in rule.forbids(mentees(*ours), mentors(*theirs))]


@pytest.mark.parametrize(
    ("rule", "column"),
    [
        (OwnReportingLine(), "reporting_line"),
        (DeclaredExclusion(), "excluded"),
        (PreviousPair(), "previous_partners"),
    ],
)
def test_either_side_can_name_the_other_and_names_of_nobody_here_are_passed_over(rule: PairRule, column: str) -> None:
    ours = [{column: ["m1", "gone"]}, {}, {column: ["m0", "m2"]}]
    theirs = [{}, {column: ["gone", "p1"]}, {column: ["p2"]}]
    assert forbidden(rule, ours, theirs) == [[1], [1], [0, 2]]
    assert forbidden(rule, [{}], [{}]) == [[]]
    rows, columns = rule.forbidden_pairs(mentees(*ours), mentors(*theirs))
    assert (rows.dtype, columns.dtype) == (np.int64, np.int64)


def test_nobody_is_their_own_mentor() -> None:
    assert forbidden(OwnReportingLine(), [{}, {"person_key": "both"}], [{"person_key": "both"}, {}]) == [[], [0]]


def test_lists_of_nobody_name_nobody() -> None:
    rows, columns = listed(mentees({}, {}), "excluded", mentors({}))
    assert (rows.tolist(), columns.tolist()) == ([], [])
    assert (rows.dtype, columns.dtype) == (np.int64, np.int64)


def test_what_the_team_ruled_out_is_named_by_both_applications() -> None:
    rule = ForbiddenPair(pairs=(("a1", "b0"), ("a0", "gone"), ("gone", "b1"), ("b1", "a1"), ("a0", "b1")))
    assert forbidden(rule, [{}, {}], [{}, {}]) == [[1], [0]]
    rows, columns = ForbiddenPair().forbidden_pairs(mentees({}), mentors({}))
    assert (rows.size, columns.size, rows.dtype, columns.dtype) == (0, 0, np.int64, np.int64)


def test_who_shares_no_language_or_named_none_cannot_be_a_pair() -> None:
    ours = [{"languages": ["de", "en"]}, {"languages": ["fr"]}, {"languages": []}]
    theirs = [{"languages": ["en"]}, {"languages": ["es", "fr"]}, {"languages": []}]
    assert forbidden(SharedLanguage(), ours, theirs) == [[1, 2], [0, 2], [0, 1, 2]]


@pytest.mark.parametrize(
    ("minimum", "expected"), [(1, [[1], [0, 1], []]), (2, [[1, 2], [0, 1, 2], []]), (3, [[0, 1, 2], [0, 1, 2], []])]
)
def test_shared_times_are_counted_and_who_named_none_is_not_judged(minimum: int, expected: list[list[int]]) -> None:
    ours = [{"availability": times} for times in (["mon", "tue", "wed"], ["fri"], [])]
    theirs = [{"availability": times} for times in (["wed", "mon"], ["thu"], ["fri", "wed"], [])]
    assert forbidden(Availability(minimum), ours, theirs) == expected


def test_one_shared_time_is_asked_for_where_nothing_is_said() -> None:
    assert Availability() == Availability(1)


@pytest.mark.parametrize(
    ("hours", "others", "expected"),
    [
        (1.0, [-5.0, -5.1, 7.0, 7.1, None], [1, 3]),
        (-11.0, [12.0, 7.0, 6.9, -5.0, -4.5], [2, 4]),
        (None, [12.0, -11.0], []),
    ],
)
def test_working_days_overlap_within_the_hours_also_across_the_date_line(
    hours: float | None, others: list[float | None], expected: list[int]
) -> None:
    at = [{"utc_offset_hours": other} for other in others]
    assert forbidden(TimeZoneGap(6), [{"utc_offset_hours": hours}], at) == [expected]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [(LevelGap(), [0, 1]), (LevelGap(2), [0, 1, 2]), (LevelGap(0, 1), [0, 3, 4]), (LevelGap(-1, 2), [4])],
)
def test_the_mentor_stands_between_the_least_and_the_most_levels_above(rule: LevelGap, expected: list[int]) -> None:
    theirs = [{"level_rank": rank} for rank in (2, 3, 4, 5, 9, None)]
    assert forbidden(rule, [{"level_rank": 3}, {"level_rank": None}], theirs) == [expected, []]


PEOPLE = [
    {"department": "Sales", "level_rank": 2, "utc_offset_hours": 1.0},
    {"department": "IT", "level_rank": 4, "utc_offset_hours": 5.5},
    {"department": None, "level_rank": None, "utc_offset_hours": None},
    {"department": "HR", "level_rank": 6, "utc_offset_hours": -3.0},
]
REFUSED = [
    ({"values": ("Sales", "HR")}, [1, 2]),
    ({"column": "level_rank", "values": (4.0, 2)}, [2, 3]),
    ({"column": "level_rank", "values": ("4",)}, [0, 2, 3]),
    ({"column": "level_rank", "minimum": 4}, [0, 2]),
    ({"column": "level_rank", "maximum": 4}, [2, 3]),
    ({"column": "level_rank", "minimum": 4, "maximum": 4}, [0, 2, 3]),
    ({"column": "level_rank", "values": (2, 4), "minimum": 3}, [0, 2, 3]),
    ({"column": "utc_offset_hours", "minimum": 0, "maximum": 0.5}, [0, 1, 2, 3]),
    ({"column": "utc_offset_hours", "minimum": -3, "maximum": 0}, [0, 1, 2]),
]


@pytest.mark.parametrize(("wanted", "refused"), REFUSED)
def test_a_population_is_of_one_side_and_who_is_unknown_is_not_in_it(
    wanted: dict[str, Any], refused: list[int]
) -> None:
    ours = forbidden(Population(**wanted), PEOPLE, [{}, {}])
    assert [i for i, row in enumerate(ours) if row] == refused
    assert all(row in ([], [0, 1]) for row in ours)
    assert forbidden(Population(side="mentor", **wanted), [{}, {}], PEOPLE) == [refused, refused]


def test_equal_values_have_one_code_in_order_of_first_appearance() -> None:
    codes, distinct = coded(["b", "a", "b", None])
    assert (codes.tolist(), codes.dtype, distinct) == ([0, 1, 0, 2], np.int64, ["b", "a", None])


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (OwnReportingLine(), "keeps people out of their own reporting line"),
        (PreviousPair(), "doesn't repeat an earlier pair"),
        (PreviousPair(18), "doesn't repeat an earlier pair of the last 18 months"),
        (Availability(), "asks for at least 1 time of the week when both are free"),
        (Availability(2), "asks for at least 2 times of the week when both are free"),
        (TimeZoneGap(5.5), "allows at most 5.5 hours between time zones"),
        (LevelGap(0), "wants the mentor not below the mentee in level"),
        (LevelGap(0, 2), "wants the mentor not below the mentee in level and at most 2 above"),
        (LevelGap(), "wants the mentor at least 1 level above the mentee"),
        (LevelGap(2, 4), "wants the mentor at least 2 levels and at most 4 above the mentee"),
        (
            Population(column="level_rank", minimum=2, maximum=4.5),
            "takes mentees only with level rank at least 2 and at most 4.5",
        ),
        (
            Population(side="mentor", column="utc_offset_hours", values=(1, 5.5)),
            "takes mentors only with utc offset hours 1, 5.5",
        ),
        (Population(values=("IT", "HR")), "takes mentees only with department IT, HR"),
    ],
)
def test_a_rule_says_what_it_asks_for(rule: Any, words: str) -> None:
    assert rule.words == words


def test_a_programmes_rules_come_with_the_two_that_always_hold() -> None:
    assert rules_from_policy({}) == rules_from_policy({"hard_rules": None}) == [OwnReportingLine(), DeclaredExclusion()]
    entries = [
        {"rule": "level_gap", "minimum": 2, "reason": "x"},
        {"rule": "population", "side": "mentee", "column": "department", "values": ["IT"]},
        {"rule": "own_reporting_line", "reason": "said again"},
        {"rule": "population", "side": "mentor", "column": "level_rank", "minimum": 3},
        {"rule": "level_gap", "minimum": 3},
    ]
    assert rules_from_policy({"hard_rules": entries}) == [
        OwnReportingLine(),
        DeclaredExclusion(),
        LevelGap(3),
        Population(side="mentee", column="department", values=("IT",)),
        Population(side="mentor", column="level_rank", minimum=3),
    ]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"rule": "same_star_sign"}, r"^matching\.hard_rules names 'same_star_sign'; known rules are availability, declared_exclusion, level_gap, .*\. Next step: name one of them\.$"),
        ({"reason": "x"}, r"^matching\.hard_rules names None; known rules are"),
        ({"rule": "level_gap", "hours": 4, "days": 2, "reason": "x"}, r"^matching\.hard_rules: level_gap doesn't take hours, days \(.*\)\. Next step: correct or remove the parameter\.$"),
    ],
)  # fmt: skip
def test_a_rule_or_parameter_that_does_not_exist_is_named(entry: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rules_from_policy({"hard_rules": [entry]})
