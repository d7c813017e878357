"""A goal changed on the page is changed in the programme's file, and nothing else of it is."""

import difflib
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipelines.first_hour.goal_files import goal_of, goals_in, new_id, programme_paths, with_goal, write_goal
from pipelines.sources.records import SourceRefused
from tests.demo_run import PROJECT

pytestmark = pytest.mark.slow

DEMO = PROJECT / "data/examples/demo_company/programmes"
FILES = sorted(DEMO.glob("*.yaml"))
NEW = {
    "goal_id": "new-one",
    "statement": "By June: nine of ten pairs meet, as agreed # always",
    "metric_id": "active_pair_rate",
    "segment": {"kind": "all", "value": "all"},
    "baseline": 70,
    "baseline_date": date(2026, 1, 31),
    "target": 90.5,
    "unit": "percent",
    "direction": "increase",
    "achievable_because": "yes",
    "relevant_to": "career_development",
    "start_date": date(2026, 2, 1),
    "due_date": date(2027, 6, 30),
    "owner": "Programme lead",
}


def changed_lines(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:2] in ("- ", "+ ")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_goal_that_is_declared_adds_its_lines_and_touches_no_other(path: Path) -> None:
    before = path.read_text()
    after = with_goal(before, NEW)
    assert {line[:2] for line in changed_lines(before, after)} == {"+ "}
    assert yaml.safe_load(after)["goals"][-1] == NEW


def test_a_changed_target_changes_one_line() -> None:
    path = DEMO / "inclusive_leadership.yaml"
    goal = goals_in(path)["il-completion"] | {"target": 75}
    assert changed_lines(path.read_text(), with_goal(path.read_text(), goal)) == [
        "-     target: 70",
        "+     target: 75",
    ]


@pytest.mark.parametrize("head", ["", "goals: []\n", "goals:\n", "goals:\n- {goal_id: a, owner: x}  # the first\n", "# ours\ngoals:\n    - goal_id: a\n      owner: x\n"])  # fmt: skip
def test_files_as_people_write_them_take_a_goal(head: str) -> None:
    after = with_goal(f"programme_id: p  # ours\n{head}cohorts:\n- cohort_id: c\n", NEW)
    assert "p  # ours" in after
    assert yaml.safe_load(after)["goals"][-1] == NEW
    assert ("the first" in after) == ("the first" in head)


@given(st.text(min_size=1, max_size=40).filter(lambda text: text.strip() == text and text.isprintable()))
def test_any_words_are_read_as_they_were_typed(words: str) -> None:
    goal = NEW | {"statement": words, "owner": words}
    assert yaml.safe_load(with_goal("programme_id: p\n", goal))["goals"] == [goal]


def test_what_isnt_smart_is_refused_with_its_letter_and_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "programmes/p.yaml"
    path.parent.mkdir()
    (tmp_path / "impact.yaml").write_text("workspace: ours\n")
    path.write_text((DEMO / "inclusive_leadership.yaml").read_text())
    for change, said in ({"owner": None}, "S is missing"), ({"target": None}, "M is missing"), ({"due_date": None}, "T is missing"):  # fmt: skip
        with pytest.raises(SourceRefused, match=said):
            write_goal(path, goal_of(NEW | change))
    assert path.read_text() == (DEMO / "inclusive_leadership.yaml").read_text()
    write_goal(path, goal_of(NEW))
    assert goals_in(path)["new-one"] == NEW
    assert programme_paths(tmp_path / "impact.yaml") == {"inclusive_leadership": path}


def test_an_id_is_made_of_the_words_and_is_free() -> None:
    assert new_id("peer_circle", "By June nine of ten pairs meet", []) == "peer-circle-june-nine-pairs"
    assert new_id("p", "By June", ["p-june", "p-june-2"]) == "p-june-3"
