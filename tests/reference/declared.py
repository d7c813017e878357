"""Cases that name their estimator, so that a statistician can bring data and figures of her own: `make reference CASES=mine.json DATA=folder`.

A case: {"id": ..., "kind": "reference", "file": "mine.csv", "estimator": a name of `ESTIMATORS`, "expected": {figure: value}, "tolerance": {"abs": 1e-6}} and what the estimator asks for
(`ASKS`). Rows with an empty cell among the columns named are left out. Figures: estimate, std_error, ci_low, ci_high, p_value, n, n_treated, n_control, or by name of a coefficient
or a time where there are several.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.impact import (
    PointEstimate,
    aipw_ate,
    aipw_att,
    cox_regression,
    difference_in_means,
    estimand_weights,
    fit_logit,
    g_formula,
    hajek_difference,
    kaplan_meier,
    log_rank,
    matched_difference,
    ordinary_least_squares,
    survival_at,
    two_stage_least_squares,
)

Figures = dict[str, Any]
ASKS = {
    "difference_in_means": "outcome, treatment; errors: hc2 (default) or classical",
    "ols": "outcome, regressors; errors: classical, hc0, hc1, hc2 (default), hc3, cr0, cr1, cr2 with cluster",
    "ipw": "outcome, treatment, covariates; estimand: att (default), ate or overlap",
    "aipw": "outcome, treatment, covariates; estimand: att (default) or ate",
    "g_formula": "outcome, treatment, covariates; estimand: ate (default) or att",
    "matching": "outcome, treatment, covariates; ratio: 1 (default)",
    "two_stage_least_squares": "outcome, treatment, instrument; covariates, cluster",
    "kaplan_meier": "stop, event, times; start, event_value, interval: log-log (default), log or plain",
    "log_rank": "stop, event, by; start, event_value",
    "cox": "stop, event, covariates; start, event_value, ties: efron (default) or breslow, cluster, strata",
}
COLUMNS = ("outcome", "treatment", "instrument", "cluster", "stop", "event", "start", "by", "strata")
LISTS = ("covariates", "regressors")


class UnknownEstimator(ValueError):
    """A case names no estimator that is known, or not what it asks for; the message says what may be named."""


def computed(data: Path, case: Mapping[str, Any]) -> Figures:
    """The figures of a case. Raises UnknownEstimator, or what the estimator refuses."""
    name = case.get("estimator")
    if name not in ESTIMATORS:
        raise UnknownEstimator(
            f"{case['id']}: estimator {name!r} isn't known; one of {', '.join(ESTIMATORS)} may be named."
        )
    absent = [word for word in ASKS[name].partition(";")[0].split(", ") if word not in case]
    if absent:
        raise UnknownEstimator(f"{case['id']}: {name} asks for {ASKS[name]}; {', '.join(absent)} missing.")
    return ESTIMATORS[name](_rows(data, case), case)


def _rows(data: Path, case: Mapping[str, Any]) -> pl.DataFrame:
    named = [case[word] for word in COLUMNS if case.get(word)] + [name for word in LISTS for name in case.get(word, [])]
    return pl.read_csv(data / case["file"], infer_schema_length=None).drop_nulls(list(dict.fromkeys(named)))


def _numbers(rows: pl.DataFrame, name: str) -> NDArray[np.float64]:
    return rows[name].cast(pl.Float64).to_numpy()


def _design(rows: pl.DataFrame, names: Sequence[str]) -> NDArray[np.float64]:
    return np.column_stack([np.ones(rows.height), *(_numbers(rows, name) for name in names)])


def _point(found: PointEstimate) -> Figures:
    limits = {"ci_low": found.ci_low, "ci_high": found.ci_high}
    counts = {"n": found.n_treated + found.n_comparison, "n_treated": found.n_treated, "n_control": found.n_comparison}
    return {"estimate": found.estimate, "std_error": found.std_error, **limits, **counts}


def _arms(rows: pl.DataFrame, case: Mapping[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return _numbers(rows, case["outcome"]), _numbers(rows, case["treatment"]) == 1


def _difference(rows: pl.DataFrame, case: Mapping[str, Any]) -> Figures:
    return _point(difference_in_means(*_arms(rows, case), error=case.get("errors", "hc2")))


def _ols(rows: pl.DataFrame, case: Mapping[str, Any]) -> Figures:
    regressors = {"constant": np.ones(rows.height)} | {name: _numbers(rows, name) for name in case["regressors"]}
    cluster = rows[case["cluster"]].to_numpy() if case.get("cluster") else None
    fit = ordinary_least_squares(_numbers(rows, case["outcome"]), regressors, case.get("errors", "hc2"), cluster)
    return {name: _coefficient(fit, name) for name in fit.names} | {"n": rows.height}


def _coefficient(fit: Any, name: str) -> Figures:
    (value, error), (low, high) = fit.estimate(name), fit.interval(name)
    return {
        "estimate": value,
        "std_error": error,
        "ci_low": low,
        "ci_high": high,
        "p_value": fit.p_value(name),
        "degrees": fit.degrees(name),
    }


def _ipw(rows: pl.DataFrame, case: Mapping[str, Any]) -> Figures:
    y, treated = _arms(rows, case)
    design = _design(rows, case["covariates"])
    chance = fit_logit(design, treated.astype(np.float64)).predict(design)
    return _point(hajek_difference(y, treated, estimand_weights(chance, treated, case.get("estimand", "att"))))


def _aipw(rows: pl.DataFrame, case: Mapping[str, Any]) -> Figures:
    estimate = aipw_ate if case.get("estimand", "att") == "ate" else aipw_att
    return _point(estimate(*_arms(rows, case), _design(rows, case["covariates"])))


def _standardised(rows: pl.DataFrame, case: Mapping[str, Any]) -> Figures:
    return _point(g_formula(*_arms(rows, case), _design(rows, case["covariates"]), case.get("estimand", "ate")))


def _matching(rows: pl.DataFrame, case: Mapping[str, Any]) -> Figures:
    y, treated = _arms(rows, case)
    design = _design(rows, case["covariates"])
    chance = fit_logit(design, treated.astype(np.float64)).predict(design)
    return _point(matched_difference(y, chance, treated, ratio=case.get("ratio", 1)))


def _instrument(rows: pl.DataFrame, case: Mapping[str, Any]) -> Figures:
    others = {"constant": np.ones(rows.height)} | {name: _numbers(rows, name) for name in case.get("covariates", [])}
    clusters = rows[case["cluster"]].to_numpy() if case.get("cluster") else np.arange(rows.height)
    y, took, offered = (_numbers(rows, case[name]) for name in ("outcome", "treatment", "instrument"))
    return _coefficient(two_stage_least_squares(y, took, offered, others, clusters), "took_part")


def _spells(rows: pl.DataFrame, case: Mapping[str, Any]) -> pl.DataFrame:
    spells = rows.with_columns(pl.col(case[word]).alias(word) for word in ("stop", "event", "start") if case.get(word))
    happened = (
        pl.col("event") == case["event_value"] if "event_value" in case else pl.col("event").cast(pl.Float64) != 0
    )
    return spells.with_columns(happened.cast(pl.Int64).alias("event"))


def _kaplan_meier(rows: pl.DataFrame, case: Mapping[str, Any]) -> Figures:
    curve = kaplan_meier(_spells(rows, case), interval=case.get("interval", "log-log"))
    read = survival_at(curve, case["times"])
    return {str(row["time"]).removesuffix(".0"): row for row in read.to_dicts()}


def _log_rank(rows: pl.DataFrame, case: Mapping[str, Any]) -> Figures:
    statistic, degrees, p_value = log_rank(_spells(rows, case), by=case["by"])
    return {"chi_square": statistic, "degrees": degrees, "p_value": p_value}


def _cox(rows: pl.DataFrame, case: Mapping[str, Any]) -> Figures:
    options = {"ties": case.get("ties", "efron"), "cluster": case.get("cluster"), "strata": case.get("strata")}
    fit = cox_regression(_spells(rows, case), case["covariates"], **options)
    return {row["covariate"]: row for row in fit.table().to_dicts()} | {"log_likelihood": fit.log_likelihood}


ESTIMATORS: dict[str, Callable[[pl.DataFrame, Mapping[str, Any]], Figures]] = {
    "difference_in_means": _difference,
    "ols": _ols,
    "ipw": _ipw,
    "aipw": _aipw,
    "g_formula": _standardised,
    "matching": _matching,
    "two_stage_least_squares": _instrument,
    "kaplan_meier": _kaplan_meier,
    "log_rank": _log_rank,
    "cox": _cox,
}
