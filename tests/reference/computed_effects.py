"""The cases on effects, computed from the library's public names: LaLonde, the Kenya trial, staggered starts, the known company."""

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.impact import (
    Evidence,
    TargetTrial,
    aggregate,
    aipw_att,
    balance,
    cox_regression,
    diagnose_trials,
    difference_in_means,
    emulate,
    estimand_weights,
    estimate_effects,
    fit_logit,
    group_time_effects,
    hajek_difference,
    judge_comparison,
    least_squares,
    matched_difference,
    overlap,
    sample_size,
    weight_trials,
)
from tests.reference import fixed_company

Figures = dict | list
MAIN = ("age", "education", "black", "hispanic", "married", "nodegree", "re74", "re75")


def read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema_length=None).with_columns(pl.exclude("data_id").cast(pl.Float64))


def means(rows: pl.DataFrame) -> Figures:
    y, treated = rows["re78"].to_numpy(), rows["treat"].to_numpy() == 1
    hc2, classical = difference_in_means(y, treated), difference_in_means(y, treated, error="classical")
    figures = {"est": hc2.estimate, "se_ols": classical.std_error, "se_hc2": hc2.std_error}
    return {**figures, "n1": hc2.n_treated, "n0": hc2.n_comparison}


def experiment_dw(data: Path, case: dict) -> Figures:
    return means(read(data / "lalonde/nsw_dw.csv"))


def experiment_nsw(data: Path, case: dict) -> Figures:
    return means(read(data / "lalonde/nsw.csv"))


def observational(data: Path, name: str) -> pl.DataFrame:
    treated = read(data / "lalonde/nsw_dw.csv").filter(pl.col("treat") == 1)
    return pl.concat([treated, read(data / f"lalonde/{name}.csv").select(treated.columns)])


def naive_psid(data: Path, case: dict) -> Figures:
    return means(observational(data, "psid_controls"))


def naive_cps3(data: Path, case: dict) -> Figures:
    return means(observational(data, "cps_controls3"))


def design_of(rows: pl.DataFrame, *, dehejia_wahba: bool) -> np.ndarray:
    squares = {f"{name}2": pl.col(name) ** 2 for name in ("age", "education", "re74", "re75")}
    more = {**squares, "black_u74": pl.col("black") * (pl.col("re74") == 0)} if dehejia_wahba else {}
    return rows.select(pl.lit(1.0).alias("one"), *MAIN, **more).to_numpy()


def weighted(rows: pl.DataFrame, *, dehejia_wahba: bool) -> dict:
    design = design_of(rows, dehejia_wahba=dehejia_wahba)
    y, treated = rows["re78"].to_numpy(), rows["treat"].to_numpy() == 1
    weight = estimand_weights(fit_logit(design, treated.astype(float)).probability, treated)
    ipw, plain = hajek_difference(y, treated, weight), aipw_att(y, treated, design)
    return {
        "ipw": ipw.estimate,
        "ipw_se_hc0": ipw.std_error,
        "ess0": sample_size(weight[~treated], np.flatnonzero(~treated)).effective,
        "aipw": plain.estimate,
        "aipw_se": plain.std_error,
        "aipw_hajek": aipw_att(y, treated, design, normalised=True).estimate,
    }


def att_cps3(data: Path, case: dict) -> Figures:
    return weighted(observational(data, "cps_controls3"), dehejia_wahba=False)


def att_psid(data: Path, case: dict) -> Figures:
    return weighted(observational(data, "psid_controls"), dehejia_wahba=True)


def verdict_of(data: Path, name: str, *, dehejia_wahba: bool):
    """What the product answers on LaLonde's treated against a comparison file."""
    rows = observational(data, name)
    design = design_of(rows, dehejia_wahba=dehejia_wahba)
    y, treated = rows["re78"].to_numpy(), rows["treat"].to_numpy() == 1
    chance = fit_logit(design, treated.astype(float)).probability
    weight = estimand_weights(chance, treated)
    size = sample_size(weight[~treated], np.flatnonzero(~treated))
    shown = balance({name: rows[name].to_numpy() for name in MAIN}, treated, weight)
    worst = shown.sort(pl.col("smd_after").abs()).row(-1, named=True)
    estimate = hajek_difference(y, treated, weight)
    return judge_comparison(
        Evidence(
            design="weighted",
            outcome="Earnings in 1978",
            unit="dollars",
            estimate=estimate.estimate,
            ci_low=estimate.ci_low,
            ci_high=estimate.ci_high,
            mentees=int(treated.sum()),
            effective_people=size.effective,
            effective_share=size.effective / size.people,
            largest_smd=(worst["covariate"], worst["smd_after"]),
            outside_support=overlap(chance, treated)[0],
            largest_person_share=size.largest_share,
        )
    )


def matched(data: Path, case: dict) -> Figures:
    rows = observational(data, "cps_controls3")
    treated = rows["treat"].to_numpy() == 1
    score = fit_logit(design_of(rows, dehejia_wahba=False), treated.astype(float)).probability
    found = matched_difference(rows["re78"].to_numpy(), score, treated)
    return {"est": found.estimate, "se_ai": found.std_error}


def kenya(data: Path, case: dict) -> Figures:
    covariates = ["tprofits_b", "lage_b", "secondaryedu_b", *(f"sec{i}_b" for i in range(5)), "I_emp_b"]
    rows = pl.read_csv(data / "mentoring_rct/bdj_dandora_core.csv", infer_schema_length=None)
    rows = rows.drop_nulls(["tprofits", *covariates])
    design = {"constant": np.ones(rows.height)}
    design |= {arm: (rows["treat"] == code).to_numpy().astype(float) for arm, code in (("mentor", 4), ("class", 3))}
    design |= {name: rows[name].cast(pl.Float64).to_numpy() for name in covariates}
    waves = rows["wave"].unique().sort()[1:]
    design |= {f"wave {w}": (rows["wave"] == w).to_numpy().astype(float) for w in waves}
    fit = least_squares(rows["tprofits"].cast(pl.Float64).to_numpy(), design, rows["id"].to_numpy())
    (mentor, mentor_se), (taught, taught_se) = fit.estimate("mentor"), fit.estimate("class")
    p = fit.compare("mentor", "class")[2]
    figures = {"n": fit.observations, "mentor": mentor, "mentor_se": mentor_se}
    return {**figures, "cls": taught, "cls_se": taught_se, "p_equal": p}


def counties(data: Path) -> pl.DataFrame:
    cohort = pl.when(pl.col("first.treat") > 0).then(pl.col("first.treat"))
    return pl.read_csv(data / "did/mpdta.csv").select(unit="countyreal", wave="year", outcome="lemp", cohort=cohort)


def staggered(data: Path, comparison: str) -> dict:
    effects = group_time_effects(counties(data), comparison=comparison, baseline_waves=1, small_sample=False)
    overall = {kind: aggregate(effects, kind) for kind in ("simple", "group", "dynamic")}
    event = {f"e{row[0]}": row[1] for row in overall["dynamic"].iter_rows() if row[0] != "overall"}
    figures = {kind: frame["estimate"][0] for kind, frame in overall.items()}
    return {**figures, "simple_se_analytic": overall["simple"]["std_error"][0], "event": event}


def did_never(data: Path, case: dict) -> Figures:
    return staggered(data, "never")


def did_not_yet(data: Path, case: dict) -> Figures:
    return staggered(data, "not_yet")


def two_way(data: Path, case: dict) -> Figures:
    """Two-way fixed effects on a balanced panel, by taking out unit and wave means."""
    treated = (pl.col("cohort").is_not_null() & (pl.col("wave") >= pl.col("cohort"))).cast(pl.Float64)
    rows = counties(data).with_columns(treated=treated)
    swept = rows.select(
        "unit",
        *(
            pl.col(name) - pl.col(name).mean().over("unit") - pl.col(name).mean().over("wave") + pl.col(name).mean()
            for name in ("outcome", "treated")
        ),
    )
    fit = least_squares(swept["outcome"].to_numpy(), {"treated": swept["treated"].to_numpy()}, swept["unit"].to_numpy())
    waves = rows["wave"].n_unique()
    estimate, error = fit.estimate("treated")
    return {"est": estimate, "se": error * float(np.sqrt((rows.height - 1) / (rows.height - waves - 1)))}


def company(data: Path, case: dict) -> Figures:
    staff = pl.read_csv(data / case["file"])
    panel, people = fixed_company.panel(staff), fixed_company.people(staff)
    trial = fixed_company.TRIAL
    trials = emulate(panel, people, trial)
    weights = weight_trials(trials, trial)
    shown = diagnose_trials(trials, weights).balance
    smd = {
        when: {row["covariate"]: row[f"smd_{when}"] for row in shown.iter_rows(named=True)}
        for when in ("before", "after")
    }
    plain = TargetTrial(trial.covariates, trial.first_month, trial.last_month, ipcw=False)
    spells = fixed_company.monthly_spells(staff)
    adjusted = ["mentored", *fixed_company.ALWAYS, "tenure_under_12", "tenure_36"]
    return {
        "naive": fixed_company.naive_comparisons(staff),
        "nested_att": contrast(estimate_effects(trials, weights, trial, small_sample=False).at([12])),
        "nested_att_noipcw": contrast(
            estimate_effects(trials, weight_trials(trials, plain), plain, small_sample=False).at([12])
        ),
        "cox_tv_adj": hazard(cox_regression(spells, adjusted)),
        "cox_tv_unadj": hazard(cox_regression(spells, ["mentored"])),
        "smd_before": smd["before"],
        "smd_after": smd["after"],
    }


def contrast(effects: pl.DataFrame) -> dict:
    row = effects.row(0, named=True)
    figures = {"S0": row["survival_comparison"], "S1": row["survival_treated"], "rd": -row["difference"]}
    return {**figures, "se_stacked": row["std_error"]}


def hazard(fit) -> dict:
    row = fit.table().row(0, named=True)
    short = {"coef": "coefficient", "se": "std_error", "hr": "hazard_ratio", "lo": "ci_low", "hi": "ci_high"}
    return {name: row[column] for name, column in short.items()}


CASES = {
    "lalonde.exp_dw": experiment_dw,
    "lalonde.exp_nsw": experiment_nsw,
    "lalonde.naive_psid": naive_psid,
    "lalonde.naive_cps3": naive_cps3,
    "lalonde.att_cps3": att_cps3,
    "lalonde.refuse_psid": att_psid,
    "lalonde.psm_ties": matched,
    "bdj.pooled": kenya,
    "did.mpdta.never": did_never,
    "did.mpdta.notyet": did_not_yet,
    "did.mpdta.twfe": two_way,
    "synthetic.company": company,
}
