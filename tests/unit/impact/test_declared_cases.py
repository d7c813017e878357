"""A stranger's cases: any estimator that is named, on any file, against statsmodels."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from statsmodels.treatment.treatment_effects import TreatmentEffect

from pipelines.impact import aipw_ate, g_formula, ordinary_least_squares
from tests.reference import declared, run

LALONDE = pl.read_csv(run.HERE / "data/lalonde/nsw_dw.csv", infer_schema_length=None)
COVARIATES = ["age", "education", "black", "married", "re74", "re75"]


def exogenous(names: list[str]) -> np.ndarray:
    return sm.add_constant(LALONDE.select(pl.col(names).cast(pl.Float64)).to_numpy())


@pytest.mark.parametrize("errors", ["classical", "hc0", "hc1", "hc2", "hc3", "cr0", "cr1"])
def test_errors_by_name_are_those_of_statsmodels(errors: str) -> None:
    y, site = LALONDE["re78"].cast(pl.Float64).to_numpy(), np.arange(LALONDE.height) % 17
    x = exogenous(["treat", *COVARIATES])
    fit = sm.OLS(y, x)
    if errors.startswith("cr"):
        options = {"groups": site, "use_correction": errors == "cr1"}
        known = fit.fit(cov_type="cluster", cov_kwds=options, use_t=True)
    else:
        known = fit.fit(cov_type="nonrobust" if errors == "classical" else errors.upper(), use_t=True)
    ours = ordinary_least_squares(y, {str(i): x[:, i] for i in range(x.shape[1])}, errors, site)
    for i in range(x.shape[1]):
        assert ours.estimate(str(i)) == pytest.approx((known.params[i], known.bse[i]), rel=1e-8)
        assert ours.p_value(str(i)) == pytest.approx(known.pvalues[i], rel=1e-6)


def test_an_unknown_kind_of_error_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match="classical, hc0, hc1, hc2, hc3, cr0, cr1, cr2"):
        ordinary_least_squares(np.arange(5.0), {"constant": np.ones(5)}, "hc4")
    with pytest.raises(ValueError, match="need clusters"):
        ordinary_least_squares(np.arange(5.0), {"constant": np.ones(5)}, "cr2")


def test_average_effects_are_those_of_statsmodels() -> None:
    y, x = LALONDE["re78"].cast(pl.Float64).to_numpy(), exogenous(COVARIATES)
    treated = LALONDE["treat"].cast(pl.Int64).to_numpy()
    known = TreatmentEffect(sm.OLS(y, x), treated, results_select=sm.Logit(treated, x).fit(disp=False))
    doubly, standardised = aipw_ate(y, treated == 1, x), g_formula(y, treated == 1, x)
    assert doubly.estimate == pytest.approx(known.aipw(return_results=False)[0], rel=1e-6)
    assert standardised.estimate == pytest.approx(known.ra(return_results=False)[0], rel=1e-8)
    assert standardised.std_error == pytest.approx(known.ra().sd[0], rel=0.01)
    assert doubly.std_error == pytest.approx(known.aipw().sd[0], rel=0.05)


def test_both_average_effects_find_a_planted_one_and_their_intervals_hold_it() -> None:
    """Effect 2 + x, so 2 for everybody; x drives joining. 120 samples of 300: 95 % have an error of 2 points."""
    rng = np.random.default_rng(17)
    held = {aipw_ate: 0, g_formula: 0}
    for _ in range(120):
        x = rng.normal(size=300)
        treated = rng.random(300) < 1 / (1 + np.exp(-x))
        y = x + treated * (2 + x) + rng.normal(size=300)
        for estimate in held:
            found = estimate(y, treated, np.column_stack([np.ones(300), x]))
            held[estimate] += found.ci_low < 2 < found.ci_high
    assert all(0.89 <= count / 120 <= 0.99 for count in held.values())


def test_a_cases_file_with_named_estimators_runs_and_a_wrong_figure_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    LALONDE.write_csv(tmp_path / "mine.csv")
    y, x = LALONDE["re78"].cast(pl.Float64).to_numpy(), exogenous(["treat", "age"])
    known = sm.OLS(y, x).fit(cov_type="HC3", use_t=True)
    common = {"kind": "reference", "file": "mine.csv", "outcome": "re78", "tolerance": {"rel": 1e-6}}
    treat = {"estimate": known.params[1], "std_error": known.bse[1]}
    cases = [
        {
            **common,
            "id": "right",
            "estimator": "ols",
            "regressors": ["treat", "age"],
            "errors": "hc3",
            "expected": {"treat": treat},
        },
        {
            **common,
            "id": "wrong",
            "estimator": "ols",
            "regressors": ["treat", "age"],
            "expected": {"treat": {"estimate": 1.0}},
        },
        {**common, "id": "unknown", "estimator": "magic", "expected": {"estimate": 1.0}},
        {
            **common,
            "id": "halves",
            "estimator": "aipw",
            "estimand": "ate",
            "treatment": "treat",
            "expected": {"estimate": 1.0},
        },
    ]
    (tmp_path / "cases.json").write_text(json.dumps({"cases": cases}))
    assert run.main([str(tmp_path / "cases.json"), str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "1 passed, 3 failed" in told
    assert "isn't known; one of difference_in_means, ols" in told
    assert "covariates missing" in told


def test_a_case_that_says_the_least_runs_and_a_figure_with_parts_is_told_by_its_parts(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """A coefficient with one number expected, and a case without kind and tolerance, once ended in a traceback."""
    LALONDE.write_csv(tmp_path / "mine.csv")
    least = {"file": "mine.csv", "estimator": "ols", "outcome": "re78", "regressors": ["treat"]}
    cases = [{**least, "expected": {"treat": 1794.3}}, {**least, "expected": {"treat": {"n": 1}}}]
    (tmp_path / "cases.json").write_text(json.dumps({"cases": cases}))
    assert run.main([str(tmp_path / "cases.json"), str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "FAIL       case 1" in told
    assert "one of 'estimate', 'std_error'" in told


@pytest.mark.parametrize(
    "case",
    [
        {"estimator": "difference_in_means", "outcome": "re78", "treatment": "treat"},
        {"estimator": "ipw", "outcome": "re78", "treatment": "treat", "covariates": COVARIATES},
        {"estimator": "aipw", "outcome": "re78", "treatment": "treat", "covariates": COVARIATES},
        {
            "estimator": "g_formula",
            "outcome": "re78",
            "treatment": "treat",
            "covariates": COVARIATES,
            "estimand": "att",
        },
        {"estimator": "matching", "outcome": "re78", "treatment": "treat", "covariates": COVARIATES},
        {"estimator": "two_stage_least_squares", "outcome": "re78", "treatment": "treat", "instrument": "treat"},
    ],
    ids=lambda case: case["estimator"],
)
def test_every_estimator_of_the_lalonde_experiment_comes_near_its_effect(case: dict) -> None:
    """The trial says 1,794 dollars (Dehejia & Wahba 1999); all that adjust for its covariates must come near, since places were drawn."""
    found = declared.computed(run.HERE / "data", {"id": "x", "file": "lalonde/nsw_dw.csv", **case})
    assert found["estimate"] == pytest.approx(1794, abs=700)
    assert 400 < found["std_error"] < 1100


def test_survival_estimators_are_those_of_the_published_cases() -> None:
    lung = {"id": "x", "file": "survival/lung.csv", "stop": "time", "event": "status", "event_value": 2}
    cases = {case["id"]: case for case in json.loads((run.HERE / "expected.json").read_text(encoding="utf-8"))["cases"]}
    curve = declared.computed(run.HERE / "data", {**lung, "estimator": "kaplan_meier", "times": [180, 365]})
    wanted = {str(row["t"]): row["surv"] for row in cases["km.lung.all.365"]["expected"]["log-log"]}
    assert curve["180"]["survival"] == pytest.approx(wanted["180"], rel=1e-9)
    by_sex = declared.computed(run.HERE / "data", {**lung, "estimator": "log_rank", "by": "sex"})
    assert by_sex["degrees"] == 1 and by_sex["p_value"] < 0.01
    hazard = declared.computed(run.HERE / "data", {**lung, "estimator": "cox", "covariates": ["sex"]})
    assert hazard["sex"]["coefficient"] == pytest.approx(-0.531, abs=0.001)
