"""What a programme's file may declare about matching, and what it is told where it slips."""

from pathlib import Path

import pytest

from pipelines.contracts import matching_policy as grammar
from pipelines.matching import Policy, PolicyRefused, Quota, block_from_text, policy_from_block, rules_from_policy
from pipelines.matching.affinity import COMPONENTS
from pipelines.matching.declared_rules import RULES

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
