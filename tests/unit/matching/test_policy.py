"""What a programme's file may declare about matching, and what it is told where it slips."""

import re
from pathlib import Path

import polars as pl
import pytest

from pipelines.contracts import matching_policy as grammar
from pipelines.matching import Policy, PolicyRefused, Quota, block_from_text, policy_from_block, rules_from_policy
from pipelines.matching.affinity import COMPONENTS
from pipelines.matching.declared_rules import RULES
from pipelines.matching.policy import (
    MentorGroups,
    pairs_from_block,
    previous_months,
    problem_from_block,
    weights_from_block,
)
from tests.unit.matching.people import mentees, mentors

PROGRAMMES = Path(__file__).parents[3] / "data/examples/demo_company/programmes"
BLOCK = """programme_id: x
matching:
  hard_rules:
    - {rule: shared_language, reason: They must talk.}
    - {rule: time_zone_gap, max_hours: 4}
  weights:
    skills: {weight: 4, reason: craft}
    topics: 1
  aims: {floor: 0.2, keep_bonus: 0.1}
  quota:
    attribute: site
    legal_basis: works agreement 7
    approved_by: council
"""


def test_the_grammar_names_exactly_the_rules_and_components_that_exist() -> None:
    assert set(grammar.RULES) == set(RULES)
    assert set(grammar.COMPONENTS) == set(COMPONENTS)


def test_a_block_becomes_rules_aims_and_quota() -> None:
    block = block_from_text(BLOCK, "x.yaml")
    quota = Quota("site", legal_basis="works agreement 7", approved_by="council")
    assert policy_from_block(block) == Policy(floor=0.2, keep_bonus=0.1, quota=quota)
    words = [rule.words for rule in rules_from_policy(block)]
    assert words[-1] == "allows at most 4 hours between time zones"


@pytest.mark.parametrize("file", sorted(PROGRAMMES.glob("*.yaml")), ids=lambda file: file.stem)
def test_the_demos_programmes_are_declared_rightly(file: Path) -> None:
    assert block_from_text(file.read_text(), file.name)["weights"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rule: shared_language", "rule: same_star_sign", "line 4: .*no rule 'same_star_sign'; known rules are"),
        ("max_hours: 4", "max_hours: four", "line 5: .*max_hours is 'four', not a number from 0 to 12"),
        ("max_hours: 4", "hours: 4", "line 5: .*no key 'hours'"),
        ("topics: 1", "charm: 1", "line 8: .*no key 'charm'; known are goals"),
        ("weight: 4,", "weight: -1,", "line 7: .*weight is -1"),
        ("floor: 0.2", "floor: high", "line 9: .*floor is 'high'; use true, false or a number"),
        ("    approved_by: council\n", "", "line 10: .*quota lacks approved_by"),
        (
            "  quota:",
            "  mentor_groups: [{column: site, mixed: true, reason: x}]\n  quota:",
            "line 10: .*site is none of department, location, level_rank, so the limit needs",
        ),
        (
            "  quota:",
            "  mentor_groups: [{column: location, reason: x}]\n  quota:",
            "line 10: .*needs at_most or mixed: true",
        ),
        ("floor: 0.2", "floor_on: mean", "line 9: .*floor_on is 'mean'; use one of pair, sum"),
        ("  aims:", "  goals:", "line 9: .*matching has no key 'goals'"),
        ("  weights:", "  weights: [", "line [0-9]+ is not valid YAML"),
    ],
)
def test_a_slip_is_told_with_its_line_and_what_would_be_right(old: str, new: str, message: str) -> None:
    with pytest.raises(PolicyRefused, match=rf"x\.yaml, {message}"):
        block_from_text(BLOCK.replace(old, new), "x.yaml")


def test_the_reader_of_programme_files_names_the_same_line() -> None:
    from pipelines.sources.records import SourceFile, SourceRefused
    from pipelines.sources.registry.programme_files import read

    text = (PROGRAMMES / "inclusive_leadership.yaml").read_text().replace("max_hours: 6", "max_hours: 66")
    line = 1 + text[: text.index("max_hours: 66")].count("\n")
    with pytest.raises(SourceRefused, match=f"line {line}: in matching, max_hours is 66"):
        read([SourceFile("inclusive_leadership.yaml", text.encode())], {})


WHOLE = {
    "hard_rules": [{"rule": "level_gap", "minimum": 2}, {"rule": "previous_pair", "months": 18}],
    "weights": {"skills": {"weight": 4, "reason": "craft"}, "topics": 1},
    "mentor_groups": [
        {"column": "site", "mixed": True, "legal_basis": "x", "approved_by": "y", "reason": "meet others"}
    ],
    "locks": [{"mentee": "a0", "mentor": "b1", "reason": "x"}, {"mentee": 7, "mentor": 8, "reason": "x"}],
    "forbidden": [{"mentee": "a1", "mentor": "b0", "reason": "x"}],
}


def test_a_block_becomes_limits_weights_pairs_and_how_far_back_pairs_count() -> None:
    limit = MentorGroups("site", mixed=True, legal_basis="x", approved_by="y")
    assert policy_from_block(WHOLE) == Policy(mentor_groups=(limit,))
    assert policy_from_block({"mentor_groups": None, "aims": None, "quota": None}) == policy_from_block({}) == Policy()
    assert weights_from_block(WHOLE) == {"skills": 4.0, "topics": 1.0}
    assert pairs_from_block(WHOLE, "locks") == [("a0", "b1"), ("7", "8")]
    assert pairs_from_block({"locks": None}, "locks") == pairs_from_block({}, "locks") == []
    assert previous_months(WHOLE) == 18
    for block in (
        {},
        {"hard_rules": None},
        {"hard_rules": [{"rule": "previous_pair"}]},
        {"hard_rules": WHOLE["hard_rules"][:1]},
    ):
        assert previous_months(block) is None
    assert weights_from_block({"weights": None}) == {}


def test_a_block_and_its_people_are_one_problem() -> None:
    block = {**WHOLE, "locks": WHOLE["locks"][:1]}
    groups = pl.DataFrame({"person_key": ["p0"], "attribute": ["site"], "value": ["x"]})
    problem = problem_from_block(block, mentees({}, {}), mentors({}, {}), current=[("a0", "b0")], groups=groups)
    assert problem.mentees["application_id"].to_list() == ["a0", "a1"]
    assert problem.mentors["application_id"].to_list() == ["b0", "b1"]
    assert problem.rules == rules_from_policy(block)
    assert dict(problem.score) == {"skills": 4.0, "topics": 1.0}
    assert (problem.locks, problem.forbidden, problem.current) == ([("a0", "b1")], [("a1", "b0")], [("a0", "b0")])
    assert problem.groups is groups
    alone = problem_from_block(block, mentees({}, {}), mentors({}, {}))
    assert (alone.current, alone.groups) == ((), None)


def test_a_file_that_is_nothing_but_a_block_is_one_too() -> None:
    assert block_from_text("weights: {skills: 1}", "x.yaml") == {"weights": {"skills": 1}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("weights:\n  skills: -1", r"x.yaml, line 2: in matching, the weight of skills is -1, .*\. Next step: correct it\."),
        ("- weights", r"x.yaml, line 1: in matching, matching is \['weights'\], .*"),
        ("\n\nweights: {skills: 1}\nlocks:\n  - {mentee: a, mentor: b, reason: c}\n  - {mentee: a}", r"x.yaml, line 6: in matching, locks lacks mentor, reason\. .*"),
        ("matching:", r"x.yaml, line 1: in matching, matching is None, .*"),
        ("", r"x.yaml, line 1: in matching, matching is None, .*"),
        ("aims: {}", r"x.yaml, line 1: in matching, weights are missing; .*"),
        ("a: b\nc: [", r"x.yaml, line 2 is not valid YAML\. Next step: correct the line\."),
        ("a: \x00", r"x.yaml is not valid YAML\. Next step: correct the line\."),
    ],
)  # fmt: skip
def test_the_line_told_is_the_deepest_that_is_written(text: str, message: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        block_from_text(text, "x.yaml")
    assert re.fullmatch(message, str(refused.value)), str(refused.value)
