"""Every published and agreed figure, recomputed from the public functions."""

import json

import pytest

from pipelines.impact import DESIGN_WORDS, Evidence, judge_comparison
from tests.reference import run

CASES = json.loads((run.HERE / "expected.json").read_text(encoding="utf-8"))["cases"]
FIGURES = [case for case in CASES if case["kind"] != "simulation"]


@pytest.mark.parametrize("case", FIGURES, ids=[case["id"] for case in FIGURES])
def test_the_case_is_reproduced_within_its_tolerance(case: dict) -> None:
    result = run.recompute(case, run.HERE / "data")
    assert result.state == "pass", "\n".join(run.lines(result, every=True))


def test_every_case_is_computed_or_is_a_simulation() -> None:
    assert {case["id"] for case in FIGURES} == set(run.COMPUTED)
    assert len(CASES) == 36


def test_lalonde_with_psid_is_refused_and_with_cps_is_not_called_supported() -> None:
    psid = run.computed_effects.verdict_of(run.HERE / "data", "psid_controls", dehejia_wahba=True)
    cps = run.computed_effects.verdict_of(run.HERE / "data", "cps_controls3", dehejia_wahba=False)
    assert (psid.verdict, psid.shows_figure) == ("not_supported", False)
    assert cps.verdict == "not_detected"


def test_ever_against_never_is_refused_however_large_the_gap() -> None:
    gap = Evidence("ever_never", "Staying", "points", estimate=33.4, ci_low=27.6, ci_high=39.3, mentees=367)
    assert judge_comparison(gap).verdict == "refused"
    assert "never shown" in DESIGN_WORDS["ever_never"]


def test_another_cases_file_and_folder_are_taken_and_a_wrong_figure_fails(tmp_path, capsys) -> None:
    wrong = [case for case in CASES if case["id"] in {"stats.wilson", "km.lung.median"}]
    wrong = json.loads(json.dumps(wrong).replace("310", "311"))
    (tmp_path / "cases.json").write_text(json.dumps({"cases": wrong}))
    assert run.main([str(tmp_path / "cases.json"), str(run.HERE / "data")]) == 1
    out = capsys.readouterr().out
    assert "1 passed, 1 failed" in out
    assert "FAIL       km.lung.median" in out


def test_a_case_that_nobody_computes_fails_instead_of_passing() -> None:
    assert run.recompute({**FIGURES[0], "id": "something new"}, run.HERE / "data").state == "FAIL"
