"""Registered evaluations: what a stranger can check from the receipt alone, and what doesn't count as registered."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipelines.audit_log import verify as verify_log
from pipelines.cli import app
from pipelines.impact.rating import Rating, bounded_by_rating, rate, unregistered
from pipelines.impact.registration import ELIGIBILITY, changes_since, faults, make_receipt, registration_of
from pipelines.registrations import receipts, register_made_up
from pipelines.settings import settings as read_settings

DECLARED = {"outcomes": [{"outcome": "retained_12m", "label": "Still employed", "unit": "share"}]}
WHO = dict.fromkeys(ELIGIBILITY) | {"population_person_kind": "employee", "population_min_tenure_days": 90}
PROTOCOL = {"programme_id": "p", "mission": "To show a rule.", **WHO}
MADE = make_receipt("p", PROTOCOL, DECLARED, datetime(2026, 3, 1, tzinfo=UTC), had_results=False, log_head=None)
DEMO = Path(__file__).parents[3] / "data/examples/demo_company/workspace.yaml"


def leaves(value: object, place: tuple = ()) -> list[tuple]:
    """Where every single value of nested JSON stands."""
    if isinstance(value, dict):
        return [leaf for name, inner in value.items() for leaf in leaves(inner, (*place, name))]
    if isinstance(value, list):
        return [leaf for i, inner in enumerate(value) for leaf in leaves(inner, (*place, i))]
    return [place]


def test_a_receipt_that_went_through_a_file_is_what_was_written() -> None:
    assert faults(json.loads(json.dumps(MADE, indent=2))) == []
    assert changes_since(MADE) == []


@settings(max_examples=60, deadline=None)
@given(place=st.sampled_from(leaves(MADE)))
def test_no_single_value_can_be_changed_unseen(place: tuple) -> None:
    changed = json.loads(json.dumps(MADE))
    inner = changed
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = "something else"
    assert faults(changed)


def test_what_was_changed_is_named() -> None:
    assert faults({**MADE, "declaration": {"outcomes": []}})[0] == "the declaration isn't what was registered"
    assert faults({**MADE, "had_results": True}) == ["the receipt isn't what was written"]
    assert faults("no receipt at all") == ["this is no receipt of a registration, or one of another form"]
    assert changes_since({**MADE, "code": {**MADE["code"], "cox.py": "0" * 64}}) == ["cox.py"]


def test_only_this_declaration_of_these_people_before_any_result_is_registered() -> None:
    assert registration_of([MADE], "p", DECLARED, WHO) is MADE
    assert registration_of([], "p", DECLARED, WHO) is None
    assert registration_of([MADE], "q", DECLARED, WHO) is None
    assert registration_of([MADE], "p", {"outcomes": []}, WHO) is None, "another declaration"
    assert registration_of([MADE], "p", DECLARED, {**WHO, "population_min_tenure_days": 0}) is None, "other people"
    assert registration_of([{**MADE, "had_results": True}], "p", DECLARED, WHO) is None, "after a look"
    later = {**MADE, "registered_at": "2026-05-01T00:00:00+00:00"}
    assert registration_of([later, MADE], "p", DECLARED, WHO) is MADE


@pytest.mark.parametrize("points", range(6))
def test_an_unregistered_estimate_says_so_and_falls_one_step(points: int) -> None:
    found = unregistered(Rating(points, "randomised"))
    assert found.points == max(points - 1, 0)
    assert found.words == "randomised; not registered before its results"


def test_one_falsification_test_supports_only_what_was_registered() -> None:
    row = {
        "design": "target_trial",
        "verdict": "supported",
        "negative_control": "commute",
        "negative_control_p": 0.5,
        "negative_control_ratio": 1.0,
    }
    rated = rate(row, ())
    assert bounded_by_rating(row, rated)["verdict"] == "supported"
    told = bounded_by_rating(row, unregistered(rated))
    assert told["verdict"] == "suggestive"
    assert "registered" in told["reasons"][0]


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("IMPACT_WORKSPACE", str(DEMO))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))
    return CliRunner()


def test_the_command_writes_a_receipt_that_it_verifies_and_that_the_log_names(demo: CliRunner, tmp_path: Path) -> None:
    copy = tmp_path / "receipt.json"
    assert demo.invoke(app, ["register", "project_confidence", "--out", str(copy)]).exit_code == 0
    verified = demo.invoke(app, ["register", "--verify", str(copy)])
    assert verified.exit_code == 0 and "before results had been shown" in verified.output
    here = read_settings()
    assert [one["programme_id"] for one in receipts(here)] == ["project_confidence"]
    assert verify_log(here.audit_log).problem is None
    changed = json.loads(copy.read_text()) | {"registered_at": "2020-01-01T00:00:00+00:00"}
    copy.write_text(json.dumps(changed))
    assert demo.invoke(app, ["register", "--verify", str(copy)]).exit_code == 1


def test_a_receipt_that_the_log_doesnt_name_counts_for_nothing(demo: CliRunner) -> None:
    here = read_settings()
    folder = here.history.parent / "registrations"
    folder.mkdir(parents=True)
    (folder / "slipped-in.json").write_text(json.dumps(MADE))
    assert receipts(here) == []


def test_after_results_were_shown_it_is_no_registration(demo: CliRunner) -> None:
    here = read_settings()
    here.warehouse.parent.mkdir(parents=True)
    from pipelines.warehouse import connect, replace_table

    with connect(here.warehouse) as warehouse:
        warehouse.execute("create schema impact")
        replace_table(
            warehouse, "impact.estimates", pl.DataFrame({"programme_id": ["project_confidence"], "estimate": [0.1]})
        )
    told = demo.invoke(app, ["register", "project_confidence"])
    assert "already been shown" in told.output
    assert receipts(here)[0]["had_results"]


def test_an_unknown_programme_is_answered_with_those_that_are_known(demo: CliRunner) -> None:
    told = demo.invoke(app, ["register", "no_such"])
    assert told.exit_code == 1 and "project_confidence" in told.output


def test_the_demo_registers_its_programmes_once_and_leaves_the_real_trial_alone(demo: CliRunner) -> None:
    here = read_settings()
    for _ in range(2):
        register_made_up(here)
    found = [one["programme_id"] for one in receipts(here)]
    hashes = {one["hash"] for one in receipts(here)}
    shutil.rmtree(here.data)
    register_made_up(here)
    assert {one["hash"] for one in receipts(here)} == hashes, "every demo is the same to the byte"
    assert len(found) == len(set(found)) > 1
    assert not any("kenya" in name for name in found)
