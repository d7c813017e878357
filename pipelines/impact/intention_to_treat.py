"""Intention to treat for cohorts whose places were drawn by lot: everyone counts in the arm that was drawn for them.

ANCOVA: outcome on arm, the outcome's own baseline, declared covariates measured before the draw, strata and (pooled over waves) wave effects,
errors clustered on the unit of the draw. Yes/no outcomes use the same regression (a linear probability model), so that the estimate is a risk
difference. Reference: Frison & Pocock (1992), Statistics in Medicine 11; Angrist & Pischke (2009), section 3.2.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipelines.impact.declaration import Outcome
from pipelines.impact.estimate_rows import ESTIMATE_SCHEMA, identity, with_verdict
from pipelines.impact.power import detectable_from_error
from pipelines.impact.regression import Fit, NotEstimable, Vector, least_squares
from pipelines.impact.take_up import two_stage_least_squares
from pipelines.impact.verdicts import POLICY, Verdict, VerdictPolicy, judge_randomised

CONTROL = "control"


def estimate_intention_to_treat(
    assignments: pl.DataFrame,
    observations: pl.DataFrame,
    covariates: pl.DataFrame,
    outcome: Outcome,
    policy: VerdictPolicy = POLICY,
) -> pl.DataFrame:
    """Estimates for one outcome of one cohort, one row an arm (against control) and wave, plus "pooled" where declared.

    assignments: person_key, arm ("control" is the comparison), unit_id, stratum (nullable). One row a person. With a column took_part (0 or 1) and one arm
    beside control, rows also hold the effect of taking part, by the lot as instrument.
    observations: person_key, wave_no, wave_label, is_exposed, months_since_start, outcome_value, baseline_value (nullable). Long.
    covariates: person_key, covariate, value. Long; measured before the draw.
    Returns a frame of `ESTIMATE_SCHEMA`. What can't be estimated has null figures, verdict not_supported and the reason.
    """
    wide = covariates.filter(pl.col("covariate").is_in(list(outcome.covariates)))
    known = ["person_key", "arm", "unit_id", "stratum", *({"took_part"} & set(assignments.columns))]
    rows = assignments.select(known).join(observations, on="person_key", how="inner")
    if outcome.covariates:
        pivoted = (
            wide.pivot(on="covariate", index="person_key", values="value", aggregate_function="first")
            if wide.height
            else pl.DataFrame(schema={"person_key": pl.String})
        )
        missing = [name for name in outcome.covariates if name not in pivoted.columns]
        pivoted = pivoted.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in missing)
        rows = rows.join(pivoted, on="person_key", how="left")
    needed = ["outcome_value", *outcome.covariates]
    if rows["baseline_value"].is_not_null().any():
        needed.append("baseline_value")
    complete = rows.drop_nulls(needed).sort("person_key", "wave_no")
    exposed = complete.filter(pl.col("is_exposed"))
    estimates: list[dict] = []
    if outcome.pooled:
        pooled = complete if outcome.include_baseline_wave else exposed
        estimates += _compare_arms(assignments, pooled, outcome, needed, "pooled", None, policy)
    for wave_no in exposed["wave_no"].unique().sort():
        one = exposed.filter(pl.col("wave_no") == wave_no)
        label, months = one["wave_label"][0], one["months_since_start"][0]
        estimates += _compare_arms(assignments, one, outcome, needed, label, months, policy)
    return pl.DataFrame(estimates, schema=ESTIMATE_SCHEMA)


def _compare_arms(
    assignments: pl.DataFrame,
    rows: pl.DataFrame,
    outcome: Outcome,
    needed: Sequence[str],
    wave: str,
    months: float | None,
    policy: VerdictPolicy,
) -> list[dict]:
    arms = sorted(set(assignments["arm"].drop_nulls()) - {CONTROL})
    try:
        design = _design(rows, arms, needed)
        units = rows["unit_id"].cast(pl.String).to_numpy()
        fit: Fit | None = least_squares(rows["outcome_value"].to_numpy(), design, units)
        problem = ""
    except NotEstimable as refused:
        fit, problem = None, str(refused)
    found = [_estimate_row(assignments, rows, outcome, arm, fit, problem, wave, months, policy) for arm in arms]
    if fit is not None and len(arms) == 1 and "took_part" in rows.columns:
        hidden = found[0]["estimate"] is None
        taken = _taking_part(rows, design, arms[0], units)
        found[0] |= {"take_up": taken["take_up"]} if hidden else taken
    return found


def _taking_part(rows: pl.DataFrame, design: dict[str, Vector], arm: str, units: np.ndarray) -> dict[str, float | None]:
    """Share of those offered a place who took it, and the effect on them; nothing where everybody or nobody did, or the offer is too weak."""
    offered = design[f"arm:{arm}"]
    took = rows["took_part"].cast(pl.Float64).to_numpy() * rows["is_exposed"].to_numpy()
    take_up = float(took[offered == 1].mean()) if offered.any() else 0.0
    others = {name: values for name, values in design.items() if name != f"arm:{arm}"}
    try:
        fit = two_stage_least_squares(rows["outcome_value"].to_numpy(), took, offered, others, units)
    except NotEstimable:
        return {"take_up": take_up}
    low, high = fit.interval("took_part")
    return {
        "take_up": take_up,
        "taking_part": fit.estimate("took_part")[0],
        "taking_part_low": low,
        "taking_part_high": high,
    }


def _design(rows: pl.DataFrame, arms: Sequence[str], needed: Sequence[str]) -> dict[str, Vector]:
    """Constant, arms (control before exposure), baseline and covariates, strata and waves as dummies without the first."""
    exposed = rows["is_exposed"].to_numpy()
    design: dict[str, Vector] = {"constant": np.ones(rows.height)}
    for arm in arms:
        design[f"arm:{arm}"] = ((rows["arm"] == arm).to_numpy() & exposed).astype(np.float64)
    for name in needed:
        if name != "outcome_value":
            design[name] = rows[name].cast(pl.Float64).to_numpy()
    for column in ("stratum", "wave_no"):
        for level in rows[column].drop_nulls().unique().sort()[1:]:
            design[f"{column}:{level}"] = (rows[column] == level).fill_null(value=False).to_numpy().astype(np.float64)
    return design


def _estimate_row(
    assignments: pl.DataFrame,
    rows: pl.DataFrame,
    outcome: Outcome,
    arm: str,
    fit: Fit | None,
    problem: str,
    wave: str,
    months: float | None,
    policy: VerdictPolicy,
) -> dict:
    exposed = rows.filter(pl.col("is_exposed"))
    treated, control = exposed.filter(pl.col("arm") == arm), exposed.filter(pl.col("arm") == CONTROL)
    n_treated, n_control = treated["person_key"].n_unique(), control["person_key"].n_unique()
    assigned = dict(assignments.group_by("arm").len().iter_rows())
    response_gap = abs(n_treated / max(assigned.get(arm, 0), 1) - n_control / max(assigned.get(CONTROL, 0), 1))
    row = {
        **identity(outcome),
        "arm": arm,
        "wave": wave,
        "months_since_start": months,
        "design": "lottery",
        "estimand": "intention to treat",
        "estimator": "ANCOVA, errors clustered on the unit of the draw (HC1)",
        "n_treated": n_treated,
        "n_control": n_control,
        "n_observations": rows.height,
        "clusters": rows["unit_id"].n_unique(),
        "treated_mean": _mean(treated["outcome_value"]),
        "control_mean": _mean(control["outcome_value"]),
        "raw_gap": _gap(_mean(treated["outcome_value"]), _mean(control["outcome_value"])),
        "response_gap": response_gap,
    }
    if fit is None:
        verdict = Verdict("not_supported", "Not estimable from these data.", (problem,))
        return with_verdict(row, verdict)
    name = f"arm:{arm}"
    estimate, error = fit.estimate(name)
    low, high = fit.interval(name)
    events = None
    if outcome.kind in {"yes_no", "share"}:
        happened = int(exposed["outcome_value"].sum())
        events = min(happened, exposed.height - happened)
    verdict = judge_randomised(
        ci_low=low,
        ci_high=high,
        unit=outcome.unit,
        n_treated=n_treated,
        n_control=n_control,
        events=events,
        response_gap=response_gap,
        policy=policy,
    )
    figures = {
        "estimate": estimate,
        "std_error": error,
        "ci_low": low,
        "ci_high": high,
        "p_value": fit.p_value(name),
        "events": events,
        "smallest_detectable": detectable_from_error(error),
    }
    return with_verdict({**row, **figures}, verdict)


def _mean(values: pl.Series) -> float | None:
    return float(values.to_numpy().mean()) if values.len() else None


def _gap(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else left - right
