"""Programme files: SMART or refused, slips told with file and line."""

from datetime import date

import pytest
import yaml

from pipelines.sources.records import SourceFile, SourceRefused
from pipelines.sources.registry.programme_files import read

GOAL = {
    "goal_id": "ramp_up_30",
    "statement": "New hires ramp up faster.",
    "metric_id": "ramp_up_days",
    "baseline": 100,
    "baseline_date": date(2024, 1, 1),
    "target": 70,
    "unit": "days",
    "direction": "decrease",
    "achievable_because": "the pilot did",
    "relevant_to": "onboarding",
    "start_date": date(2024, 1, 1),
    "due_date": date(2025, 1, 1),
    "owner": "head of people",
}
COHORT = {
    "cohort_id": "c1",
    "name": "One",
    "roster_date": date(2024, 1, 1),
    "start_date": date(2024, 1, 1),
    "end_date": date(2024, 6, 1),
    "assignment_rule": "lottery",
    "status": "closed",
}
PROGRAMME = {
    "programme_id": "p1",
    "name": "P",
    "mission": "Why.",
    "kind": "1:1",
    "objective": "onboarding",
    "population": {"person_kind": "employee", "words": "Everyone."},
    "start_date": date(2024, 1, 1),
    "segments": [{"segment_kind": "department", "reason": "asked"}],
    "goals": [GOAL],
    "cohorts": [COHORT],
    "matching": {"weights": {"skills": 1}},
}


def extract(**changes):
    content = {**PROGRAMME, **changes}
    text = yaml.safe_dump({k: v for k, v in content.items() if v is not None}, sort_keys=False)
    return read(
        [SourceFile("p1.yaml", text.encode())],
        {"workspace": "demo", "as_of": date(2026, 10, 31), "levels": {"L1": {"rank": 1, "leadership": False}}},
    )


def test_a_programme_file_fills_the_registry_the_level_map_and_the_workspace():
    result = extract()
    assert {b.table: b.rows_in for b in result.batches} == {
        "programmes": 1,
        "programme_goals": 1,
        "programme_segments": 1,
        "cohorts": 1,
        "levels": 1,
        "workspace": 1,
    }
    assert result.batch("programme_goals").rows["target"].to_list() == [70.0]
    assert result.batch("workspace").rows["as_of_date"].to_list() == [date(2026, 10, 31)]


@pytest.mark.parametrize(
    ("field", "letter"),
    [
        ("statement", "S is missing (no statement)"),
        ("unit", "M is missing (no unit)"),
        ("baseline", "M is missing (no baseline)"),
        ("baseline_date", "M is missing (no date of the baseline)"),
        ("achievable_because", "A is missing"),
        ("relevant_to", "R is missing"),
        ("due_date", "T is missing (no due date)"),
    ],
)
def test_a_goal_that_is_not_smart_is_refused_with_the_letter_that_is_missing(field, letter):
    goal = {k: v for k, v in GOAL.items() if k != field}
    with pytest.raises(SourceRefused) as refused:
        extract(goals=[goal])
    assert f"Goal ramp_up_30 is not SMART: {letter}" in str(refused.value)
    assert "p1.yaml, line" in str(refused.value)


def test_a_baseline_of_zero_is_a_baseline():
    assert extract(goals=[{**GOAL, "baseline": 0}]).batch("programme_goals").rows["baseline"].to_list() == [0.0]


def test_an_unknown_key_is_refused_with_its_line():
    with pytest.raises(
        SourceRefused, match=r"p1\.yaml, line 3: nobody reads the word 'missoin'; did you mean 'mission'"
    ):
        read([SourceFile("p1.yaml", b"programme_id: p1\nname: P\nmissoin: Why\n")], {})


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"kind": "1on1"}, "kind of programmes is '1on1'.*use one of 1:1"),
        ({"start_date": "soon"}, "start_date of programmes is 'soon', not a date"),
        ({"cohorts": [{**COHORT, "status": None}]}, "status of cohorts is missing"),
        ({"mission": None}, "mission is missing"),
        ({"planned_sessions": "six"}, "not a number"),
    ],
)
def test_a_slip_is_told_with_file_and_line(changes, fault):
    with pytest.raises(SourceRefused, match=rf"p1\.yaml, line \d+: .*{fault}"):
        extract(**changes)


def test_broken_yaml_is_refused_with_its_line():
    with pytest.raises(SourceRefused, match=r"p1\.yaml, line 2 is not valid YAML"):
        read([SourceFile("p1.yaml", b"name: [a\nb: c: d\n")], {})


def test_one_programme_in_two_files_is_refused():
    text = yaml.safe_dump(PROGRAMME).encode()
    with pytest.raises(SourceRefused, match="both describe the programme 'p1'"):
        read([SourceFile("a.yaml", text), SourceFile("b.yaml", text)], {})


def test_a_negative_control_among_the_covariates_is_told_with_its_line():
    comparison = {"covariates": ["tenure_months", "engagement_index"], "negative_control": "engagement_index"}
    with pytest.raises(
        SourceRefused,
        match=r"p1.yaml, line \d\d: in impact, the negative control 'engagement_index' is also a covariate.* Next step",
    ):
        extract(impact={"comparison": comparison})


def test_an_independent_negative_control_is_read():
    assert extract(impact={"comparison": {"covariates": ["tenure_months"], "negative_control": "engagement_index"}})


@pytest.mark.parametrize(
    ("outcomes", "line", "fault"),
    [
        ([{"outcome": "a", "label": "A", "unit": "share"}, {"outcome": "b", "label": "B", "unit": "share", "kind": "shar"}], "kind: shar", "kind is 'shar'"),
        ([{"outcome": "a", "label": "A", "unit": "share", "is_primary": True}, {"outcome": "b", "label": "B", "unit": "share", "is_primary": True}], "is_primary: true", "only one outcome may be primary"),
        ([{"outcome": "a", "label": "A"}], "outcome: a", "unit missing"),
    ],
)  # fmt: skip
def test_an_outcome_that_could_not_be_estimated_is_refused_when_the_file_is_read(outcomes, line, fault):
    """A check that is green must not become a run that is red."""
    text = yaml.safe_dump({**PROGRAMME, "impact": {"outcomes": outcomes}}, sort_keys=False)
    number = max(place for place, words in enumerate(text.splitlines(), 1) if line in words)
    with pytest.raises(SourceRefused, match=rf"p1\.yaml, line {number}: .*{fault}"):
        read([SourceFile("p1.yaml", text.encode())], {})


@pytest.mark.parametrize(
    ("impact", "line", "fault"),
    [
        ({"looks": ["2026-06-30", "2026-13-01"]}, "2026-13-01", "is no day"),
        ({"looks": ["2026-06-30", "2026-05-31", "2027-06-30"]}, "2026-05-31", "must come after"),
        ({"looks": [{"on": "2026-06-30", "information": 0.5}, {"on": "2027-06-30", "information": 0.9}]}, "information: 0.9", "has all the information"),
        ({"looks": [{"on": "2026-06-30", "information": 7}, {"on": "2027-06-30"}]}, "information: 7", "information is 7"),
        ({"draw_share": 2}, "draw_share: 2", "draw_share is 2"),
        ({"comparison": {"covariates": ["tenure_months", "tenure_months"]}}, "covariates:", "declared twice"),
        ({"outcomes": [{"outcome": name, "label": name, "unit": "share"} for name in "aba"]}, "outcome: a", "declared twice"),
        ({"outcomes": [{"outcome": "retained_12m", "label": "A", "unit": "share", "horizon_months": 6}]}, "horizon_months: 6", "the outcome's name says 12"),
        ({"outcomes": [{"outcome": "a", "label": "A", "unit": "share", "horizon_months": 99}]}, "horizon_months: 99", "whole months from 1 to 60"),
        ({"outcomes": [{"outcome": "a", "label": "A", "unit": "share", "subgroups": list("bcdefg")}]}, "subgroups:", "6 subgroups"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_declaration_is_told_with_its_own_line(impact, line, fault):
    text = yaml.safe_dump({**PROGRAMME, "impact": impact}, sort_keys=False)
    number = max(place for place, words in enumerate(text.splitlines(), 1) if line in words)
    with pytest.raises(SourceRefused, match=rf"p1\.yaml, line {number}: .*{fault}"):
        read([SourceFile("p1.yaml", text.encode())], {})
