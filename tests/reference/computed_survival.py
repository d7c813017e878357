"""The survival and hazard cases, computed from the library's public names. Each function: data folder, case -> the figures in the shape expected."""

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.impact import (
    CoxFit,
    cox_regression,
    kaplan_meier,
    log_rank,
    median_survival,
    restricted_mean,
    survival_at,
)

Figures = dict | list


def lung(data: Path) -> pl.DataFrame:
    rows = pl.read_csv(data / "survival/lung.csv", null_values=["", "NA"])
    return rows.select(stop="time", event=pl.col("status") == 2, sex="sex")


def points(curve: pl.DataFrame, times: list[float], stratum: str = "") -> list[dict]:
    return [
        {
            "stratum": f"{stratum}{row['stratum']}",
            "t": row["time"],
            "n_risk": row["n_risk"],
            "surv": row["survival"],
            "se": row["std_error"],
            "lo": row["ci_low"],
            "hi": row["ci_high"],
        }
        for row in survival_at(curve, times).iter_rows(named=True)
    ]


def one(fit: CoxFit, place: int = 0) -> dict:
    row = fit.table().row(place, named=True)
    names = {
        "coefficient": "coef",
        "std_error": "se",
        "hazard_ratio": "hr",
        "ci_low": "lo",
        "ci_high": "hi",
        "p_value": "p",
    }
    return {short: row[name] for name, short in names.items()}


def by_name(fit: CoxFit) -> dict:
    return {name: one(fit, place) for place, name in enumerate(fit.names)}


def km_all(data: Path, case: dict) -> Figures:
    times = [row["t"] for row in case["expected"]["plain"]]
    return {kind: points(kaplan_meier(lung(data), interval=kind), times) for kind in case["expected"]}


def km_sex(data: Path, case: dict) -> Figures:
    times = sorted({row["t"] for row in case["expected"]})
    return points(kaplan_meier(lung(data), by="sex"), times, "sex=")


def median(data: Path, case: dict) -> Figures:
    return list(median_survival(kaplan_meier(lung(data))).row(0)[1:])


def rmst(data: Path, case: dict) -> Figures:
    male, female = restricted_mean(lung(data), 365, by="sex").iter_rows()
    return {"m": male[1], "m_se": male[2], "f": female[1], "f_se": female[2]}


def logrank_sex(data: Path, case: dict) -> Figures:
    statistic, _, p = log_rank(lung(data), by="sex")
    return {"chisq": statistic, "p": p}


def cox_sex_efron(data: Path, case: dict) -> Figures:
    return one(cox_regression(lung(data), ["sex"], ties="efron"))


def cox_sex_breslow(data: Path, case: dict) -> Figures:
    return one(cox_regression(lung(data), ["sex"], ties="breslow"))


def therneau(data: Path, case: dict) -> Figures:
    rows = pl.read_csv(data / case["file"])
    names = {"time": "stop", "status": "event", "wt": "weight"}
    spells = rows.rename({old: new for old, new in names.items() if old in rows.columns})
    figures = {}
    for ties in ("breslow", "efron"):
        fit = cox_regression(spells, ["x"], ties=ties)
        row = one(fit)
        likelihood = {"ll0": fit.log_likelihood_null, "ll": fit.log_likelihood}
        figures[ties] = {"coef": row["coef"], "se": row["se"], **likelihood}
    return figures


def ever_transplanted(data: Path, case: dict) -> Figures:
    rows = pl.read_csv(data / "survival/jasa.csv", infer_schema_length=None)
    spells = rows.select(stop=pl.col("futime").cast(pl.Float64).clip(0.5), event="fustat", transplant="transplant")
    return one(cox_regression(spells, ["transplant"]))


def heart(data: Path) -> pl.DataFrame:
    return pl.read_csv(data / "survival/heart.csv").with_columns(pl.col("transplant").cast(pl.Float64))


def transplant_over_time(data: Path, case: dict) -> Figures:
    return one(cox_regression(heart(data), ["transplant"]))


def transplant_adjusted(data: Path, case: dict) -> Figures:
    return by_name(cox_regression(heart(data), ["age", "year", "surgery", "transplant"]))


def rossi(data: Path, case: dict) -> Figures:
    spells = pl.read_csv(data / "survival/rossi.csv").rename({"week": "stop", "arrest": "event"})
    fit = cox_regression(spells, ["fin", "age", "race", "wexp", "mar", "paro", "prio"])
    return {**by_name(fit), "loglik": [fit.log_likelihood_null, fit.log_likelihood]}


def job_retention(data: Path, case: dict) -> Figures:
    rows = pl.read_csv(data / "people_analytics/job_retention.csv")
    spells = rows.with_columns(stop="month", event="left", high=pl.col("sentiment") >= 7)
    times = [row["t"] for row in case["expected"]["km"]]
    curve = [{**row, "conf": "log"} for row in points(kaplan_meier(spells, interval="log"), times)]
    statistic, _, p = log_rank(spells, by="high")
    names = []
    for column in ("gender", "field", "level"):
        for value in np.unique(rows[column].to_numpy())[1:]:
            spells = spells.with_columns((pl.col(column) == str(value)).cast(pl.Float64).alias(f"{column}{value}"))
            names.append(f"{column}{value}")
    return {
        "km": curve,
        "logrank": {"chisq": statistic, "p": p},
        "cox": by_name(cox_regression(spells, [*names, "sentiment"])),
    }


CASES = {
    "km.lung.all.365": km_all,
    "km.lung.sex": km_sex,
    "km.lung.median": median,
    "rmst.lung.365": rmst,
    "logrank.lung.sex": logrank_sex,
    "cox.lung.sex.efron": cox_sex_efron,
    "cox.lung.sex.breslow": cox_sex_breslow,
    "cox.therneau.test1": therneau,
    "cox.therneau.test2": therneau,
    "cox.therneau.test3": therneau,
    "immortal.heart.naive": ever_transplanted,
    "immortal.heart.tvc": transplant_over_time,
    "immortal.heart.tvc_adj": transplant_adjusted,
    "cox.rossi": rossi,
    "job_retention": job_retention,
}
