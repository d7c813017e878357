"""Intention to treat for cohorts that were randomised: everyone counts in the arm that was drawn for them.

ANCOVA: outcome on arm, the outcome's own baseline, declared covariates measured before the draw, strata and (pooled over waves) wave effects,
errors clustered on the unit of the draw, and bias-reduced where people were drawn together or few units were. Yes/no outcomes use the same regression (a linear probability model), so that the estimate is a risk
difference. Reference: Frison & Pocock (1992), Statistics in Medicine 11; Angrist & Pischke (2009), section 3.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.attrition import Loss, lee_bounds
from pipelines.impact.draw_integrity import CONTROL, DrawCheck, check_draw
from pipelines.impact.estimate_rows import ESTIMATE_SCHEMA, identity, with_verdict
from pipelines.impact.missing import finite
from pipelines.impact.multiplicity import holm
from pipelines.impact.power import detectable_from_error
from pipelines.impact.randomisation import randomisation_p
from pipelines.impact.regression import Fit, NotEstimable, Vector, least_squares
from pipelines.impact.take_up import two_stage_least_squares
from pipelines.impact.verdicts import POLICY, DrawEvidence, Verdict, VerdictPolicy, judge_randomised

POOLED = "pooled"
SMALLEST_ERROR = 1e-9
"""An error below is none: rounding, not spread."""
FEW_UNITS = 50  # under as many, errors that lean on many clusters are too short
FEW_DRAWN = 20  # under as many, the draw's own permutations are asked too


def estimate_intention_to_treat(
    assignments: pl.DataFrame,
    observations: pl.DataFrame,
    covariates: pl.DataFrame,
    outcome: Outcome,
    policy: VerdictPolicy = POLICY,
    planned_share: float | None = None,
    *,
    level: float = 0.05,
) -> pl.DataFrame:
    """Estimates for one outcome of one cohort, one row per arm (against control) and wave, plus "pooled" where declared.

    assignments: person_key, arm ("control" is the comparison), unit_id, stratum (nullable). One row per person. With a column took_part (0 or 1) and one arm
    beside control, rows also hold the effect of taking part, by the lot as instrument.
    observations: person_key, wave_no, wave_label, is_exposed, months_since_start, outcome_value, baseline_value (nullable). Long.
    covariates: person_key, covariate, value. Long; measured before the draw. planned_share: of units that were to get a place, 0 to 1, where it was declared.
    level: of the intervals, two-sided, and the greatest corrected p of what is called caused.
    Returns a frame of `ESTIMATE_SCHEMA`. What can't be estimated has null figures, verdict not_supported and the reason.
    """
    assignments = assignments.filter(pl.col("arm").is_not_null())
    observations = observations.with_columns(finite(pl.col("outcome_value", "baseline_value")))
    covariates = covariates.with_columns(finite(pl.col("value")))
    known = ["person_key", "arm", "unit_id", "stratum", *({"took_part"} & set(assignments.columns))]
    rows = assignments.select(known).join(observations, on="person_key", how="inner")
    rows = rows.join(_wide(covariates, outcome.covariates), on="person_key", how="left")
    rows = rows.drop_nulls(_needed(rows, outcome)).sort("person_key", "wave_no")
    exposed = rows.filter(pl.col("is_exposed"))
    found: list[_Compared] = []
    if outcome.pooled:
        pooled = rows if outcome.include_baseline_wave else exposed
        found += _compare_arms(assignments, pooled, outcome, POOLED, None, level)
    for wave_no in exposed["wave_no"].unique().sort():
        one = exposed.filter(pl.col("wave_no") == wave_no)
        label, months = one["wave_label"][0], one["months_since_start"][0]
        found += _compare_arms(assignments, one, outcome, label, months, level)
    checks = _checks(assignments, observations, covariates, outcome, planned_share)
    judged_by = replace(policy, greatest_family_error=min(policy.greatest_family_error, level))
    return pl.DataFrame(_judged(found, judged_by, checks), schema=ESTIMATE_SCHEMA)


def _checks(
    assignments: pl.DataFrame,
    observations: pl.DataFrame,
    covariates: pl.DataFrame,
    outcome: Outcome,
    planned_share: float | None,
) -> dict[str, DrawCheck]:
    """By arm, whether everybody who was drawn looks as a draw makes them: covariates and the outcome's own baseline."""
    baseline = observations.group_by("person_key").agg(pl.col("baseline_value").drop_nulls().first())
    people = assignments.join(_wide(covariates, outcome.covariates), on="person_key", how="left")
    people = people.join(baseline, on="person_key", how="left")
    known = [name for name in (*outcome.covariates, "baseline_value") if people[name].is_not_null().any()]
    arms = set(assignments["arm"].drop_nulls()) - {CONTROL}
    return {arm: check_draw(people, known, arm, planned_share) for arm in arms}


def _needed(rows: pl.DataFrame, outcome: Outcome) -> list[str]:
    """Columns without which a row can't be used."""
    if not outcome.complete_cases:
        return ["outcome_value"]
    baseline = ["baseline_value"] if rows["baseline_value"].is_not_null().any() else []
    return ["outcome_value", *outcome.covariates, *baseline]


@dataclass(frozen=True)
class _Compared:
    """One arm at one wave against control: columns of ESTIMATE_SCHEMA, and what its verdict rests on; without evidence the reason why not."""

    row: dict[str, Any]
    evidence: DrawEvidence | None
    problem: str = ""


def _wide(covariates: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """One row per person, one column per covariate; a covariate that nobody has is null throughout."""
    chosen = covariates.filter(pl.col("covariate").is_in(list(names)))
    wide = (
        chosen.pivot(on="covariate", index="person_key", values="value", aggregate_function="first")
        if chosen.height
        else pl.DataFrame(schema={"person_key": pl.String})
    )
    absent = [name for name in names if name not in wide.columns]
    return wide.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in absent)


def _judged(found: list[_Compared], policy: VerdictPolicy, checks: Mapping[str, DrawCheck]) -> list[dict[str, Any]]:
    """The rows with their verdicts, every p-value corrected for the arms and waves that were looked at. checks: of the draw, by arm."""
    corrected = _corrected(found)
    family = len(corrected)
    rows = []
    for i, one in enumerate(found):
        check = checks[one.row["arm"]]
        one.row.update(balance_p=check.balance_p, sample_ratio_p=check.ratio_p)
        if one.evidence is None:
            rows.append(
                with_verdict(one.row, Verdict("not_supported", "Not estimable from these data.", (one.problem,)))
            )
            continue
        evidence = replace(one.evidence, p_adjusted=corrected[i], comparisons=family, check=check)
        rows.append(with_verdict({**one.row, "p_adjusted": corrected[i]}, judge_randomised(evidence, policy)))
    return rows


def _corrected(found: list[_Compared]) -> dict[int, float]:
    """Place to p-value, corrected so that the chance of any false "caused" of the outcome stays at the level.

    Holm over the pooled estimates of all arms where pooling is declared; single waves come after them (serial gatekeeping: no wave counts unless every arm's
    pooled estimate does). Without pooling Holm over all arms and waves. Reference: Westfall & Krishen (2001), J. Statistical Planning and Inference 99.
    """
    tested = [i for i, one in enumerate(found) if one.evidence is not None]
    pooled = [i for i in tested if found[i].row["wave"] == POOLED]
    single = [i for i in tested if found[i].row["wave"] != POOLED]
    corrected = _holm(found, pooled)
    gate = max(corrected.values(), default=0.0)
    return corrected | {i: max(p, gate) for i, p in _holm(found, single).items()}


def _holm(found: list[_Compared], places: list[int]) -> dict[int, float]:
    adjusted = holm(np.array([found[i].row["p_value"] for i in places])).tolist() if places else []
    return dict(zip(places, adjusted, strict=True))


def _compare_arms(
    assignments: pl.DataFrame, rows: pl.DataFrame, outcome: Outcome, wave: str, months: float | None, level: float
) -> list[_Compared]:
    arms = sorted(set(assignments["arm"].drop_nulls()) - {CONTROL})
    units = rows["unit_id"].cast(pl.String).to_numpy()
    few = _are_clustered(rows)
    try:
        _refuse_other_answers(rows["outcome_value"], outcome)
        design = _design(rows, arms, outcome.covariates)
        fit: Fit | None = least_squares(rows["outcome_value"].to_numpy(), design, units, few_clusters=few)
        problem = ""
    except NotEstimable as refused:
        fit, problem = None, str(refused)
    found = []
    for arm in arms:
        row = _described(assignments, rows, outcome, arm, wave, months, few=few)
        problem_here = problem or _no_error(rows, fit, arm)
        if fit is None or problem_here:
            found.append(_Compared(row, None, problem_here))
            continue
        found.append(_estimated(row, fit, rows, design, outcome, arm, level))
    if fit is not None and len(arms) == 1 and "took_part" in rows.columns:
        found[0].row.update(_taking_part(rows, design, arms[0], units, level))
    return found


def _refuse_other_answers(values: pl.Series, outcome: Outcome) -> None:
    """Raises NotEstimable where a yes/no outcome holds something else, or a share isn't one: a difference of them would pass for points."""
    if outcome.kind == "yes_no" and not values.is_in([0.0, 1.0]).all():
        raise NotEstimable("The outcome was declared as yes or no, but other answers than 0 and 1 were given.")
    if outcome.kind == "share" and not values.is_between(0.0, 1.0).all():
        raise NotEstimable("The outcome was declared as a share, but values below 0 or above 1 were given.")


def _no_error(rows: pl.DataFrame, fit: Fit | None, arm: str) -> str:
    """Why no error can be told of an arm's estimate: an arm of one unit shows no spread between units, and neither do units that are all alike. "" where one can."""
    units = rows.filter(pl.col("arm").is_in([arm, CONTROL])).group_by("arm").agg(pl.col("unit_id").n_unique())
    if units["unit_id"].min() == 1:
        return "Only one unit was drawn for one of the arms, so that no error can be told."
    if fit is None:
        return ""
    variance = float(fit.covariance[fit.names.index(f"arm:{arm}"), fit.names.index(f"arm:{arm}")])
    is_alike = not variance > SMALLEST_ERROR**2
    return "The units of each arm are all alike, so that no error can be told." if is_alike else ""


def _are_clustered(rows: pl.DataFrame) -> bool:
    """Whether people were drawn together, or so few units were drawn that errors which lean on many would be too short."""
    people = rows.group_by("unit_id").agg(pl.col("person_key").n_unique().alias("people"))
    return people.height < FEW_UNITS or bool((people["people"] > 1).any())


def _taking_part(
    rows: pl.DataFrame, design: dict[str, Vector], arm: str, units: np.ndarray, level: float
) -> dict[str, float | None]:
    """Share of those offered a place who took it, and the effect on them; nothing where everybody or nobody did, or the offer is too weak."""
    offered = design[f"arm:{arm}"]
    took = rows["took_part"].cast(pl.Float64).to_numpy() * rows["is_exposed"].to_numpy()
    take_up = float(took[offered == 1].mean()) if offered.any() else 0.0
    others = {name: values for name, values in design.items() if name != f"arm:{arm}"}
    try:
        fit = two_stage_least_squares(rows["outcome_value"].to_numpy(), took, offered, others, units)
    except NotEstimable:
        return {"take_up": take_up}
    low, high = fit.interval("took_part", 1 - level)
    return {
        "take_up": take_up,
        "taking_part": fit.estimate("took_part")[0],
        "taking_part_low": low,
        "taking_part_high": high,
    }


def _design(rows: pl.DataFrame, arms: Sequence[str], covariates: Sequence[str]) -> dict[str, Vector]:
    """Constant, arms (control before exposure), strata and waves as dummies without the first, baseline and covariates.

    Where one is missing its mean stands in, beside an indicator of being missing: valid under a draw, and nobody is left out for it. Reference:
    Groenwold et al. (2012), CMAJ 184.
    """
    exposed = rows["is_exposed"].to_numpy()
    design: dict[str, Vector] = {"constant": np.ones(rows.height)}
    for arm in arms:
        design[f"arm:{arm}"] = ((rows["arm"] == arm).to_numpy() & exposed).astype(np.float64)
    for column in ("stratum", "wave_no"):
        for level in rows[column].drop_nulls().unique().sort()[1:]:
            design[f"{column}:{level}"] = (rows[column] == level).fill_null(value=False).to_numpy().astype(np.float64)
    for name in ("baseline_value", *covariates):
        values = rows[name].cast(pl.Float64)
        # a covariate that is the same for all says nothing of anybody
        if values.drop_nulls().n_unique() > 1:
            design[name] = values.fill_null(strategy="mean").to_numpy()
            _add_indicator(design, f"{name} missing", values.is_null().to_numpy().astype(np.float64))
    return design


def _add_indicator(design: dict[str, Vector], name: str, indicator: Vector) -> None:
    """Add the indicator where it says something that no other column says."""
    columns = np.column_stack([*design.values(), indicator])
    if np.linalg.matrix_rank(columns / np.maximum(np.abs(columns).max(axis=0), 1e-300)) == columns.shape[1]:
        design[name] = indicator


def _described(
    assignments: pl.DataFrame,
    rows: pl.DataFrame,
    outcome: Outcome,
    arm: str,
    wave: str,
    months: float | None,
    *,
    few: bool,
) -> dict[str, Any]:
    """What is known of an arm at a wave before anything is estimated: who was drawn, whose outcome is known, both means."""
    exposed = rows.filter(pl.col("is_exposed"))
    treated, control = exposed.filter(pl.col("arm") == arm), exposed.filter(pl.col("arm") == CONTROL)
    drawn = dict(assignments.group_by("arm").len().iter_rows())
    loss = Loss(
        drawn.get(arm, 0), drawn.get(CONTROL, 0), treated["person_key"].n_unique(), control["person_key"].n_unique()
    )
    return {
        **identity(outcome),
        "arm": arm,
        "wave": wave,
        "months_since_start": months,
        "design": "lottery",
        "estimand": "intention to treat",
        "estimator": f"ANCOVA, errors clustered on the unit of the draw ({'CR2, Bell-McCaffrey' if few else 'HC1'})",
        "drawn_treated": loss.drawn_treated,
        "drawn_control": loss.drawn_control,
        "n_treated": loss.known_treated,
        "n_control": loss.known_control,
        "n_observations": rows.height,
        "clusters": rows["unit_id"].n_unique(),
        "treated_mean": _mean(treated["outcome_value"]),
        "control_mean": _mean(control["outcome_value"]),
        "raw_gap": _gap(_mean(treated["outcome_value"]), _mean(control["outcome_value"])),
        "response_gap": loss.gap,
        "overall_loss": loss.overall,
    }


def _estimated(
    row: dict[str, Any],
    fit: Fit,
    rows: pl.DataFrame,
    design: dict[str, Vector],
    outcome: Outcome,
    arm: str,
    level: float,
) -> _Compared:
    name = f"arm:{arm}"
    estimate, error = fit.estimate(name)
    low, high = fit.interval(name, 1 - level)
    loss = Loss(row["drawn_treated"], row["drawn_control"], row["n_treated"], row["n_control"])
    people = _adjusted_people(rows, fit, design, arm)
    bounds = (None, None) if loss.is_complete else _bounds(people, arm, loss)
    p_draw = _p_of_the_draw(people, arm)
    events, fewest = _events(rows, outcome, arm)
    figures = {
        "estimate": estimate,
        "std_error": error,
        "ci_low": low,
        "ci_high": high,
        "p_value": fit.p_value(name),
        "events": events,
        "smallest_detectable": detectable_from_error(error),
        "bound_low": bounds[0],
        "bound_high": bounds[1],
        "p_randomisation": p_draw,
    }
    evidence = DrawEvidence(
        estimate,
        error,
        low,
        high,
        outcome.unit,
        loss,
        events=events,
        fewest_events=fewest,
        bounds=bounds,
        p_randomisation=p_draw,
    )
    return _Compared({**row, **figures}, evidence)


def _adjusted_people(rows: pl.DataFrame, fit: Fit, design: dict[str, Vector], arm: str) -> pl.DataFrame:
    """The arm's and the control's people with the mean of their outcomes less what was known before the draw: person_key, arm, unit_id, stratum, value."""
    known = [place for place, name in enumerate(fit.names) if not name.startswith("arm:")]
    before = np.column_stack([design[fit.names[place]] for place in known]) @ fit.coefficients[known]
    values = rows.with_columns((pl.col("outcome_value") - pl.Series(before)).alias("value"))
    chosen = values.filter(pl.col("is_exposed") & pl.col("arm").is_in([arm, CONTROL]))
    return chosen.group_by("person_key", "arm", "unit_id", "stratum", maintain_order=True).agg(pl.col("value").mean())


def _bounds(people: pl.DataFrame, arm: str, loss: Loss) -> tuple[float | None, float | None]:
    by_arm = {side: people.filter(pl.col("arm") == side)["value"].to_numpy() for side in (arm, CONTROL)}
    try:
        return lee_bounds(by_arm[arm], by_arm[CONTROL], loss)
    except NotEstimable:
        return None, None


def _p_of_the_draw(people: pl.DataFrame, arm: str) -> float | None:
    """Randomisation p where few units were drawn; None where there are enough, or one arm has none."""
    units = people.group_by("unit_id", maintain_order=True).agg(
        pl.col("value").mean(), pl.len().alias("people"), pl.col("arm").first(), pl.col("stratum").first()
    )
    is_treated = (units["arm"] == arm).to_numpy()
    if units.height >= FEW_DRAWN or is_treated.all() or not is_treated.any():
        return None
    strata = units["stratum"].cast(pl.String).fill_null("").to_numpy()
    return randomisation_p(units["value"].to_numpy(), units["people"].to_numpy().astype(np.float64), is_treated, strata)


def _events(rows: pl.DataFrame, outcome: Outcome, arm: str) -> tuple[int | None, int | None]:
    """Of the rarer answer to a yes/no outcome: how many people gave it in both arms, and in the arm with fewer. None for shares that are measured, not counted."""
    if outcome.kind not in {"yes_no", "share"}:
        return None, None
    chosen = rows.filter(pl.col("is_exposed") & pl.col("arm").is_in([arm, CONTROL]))
    if not chosen["outcome_value"].is_in([0.0, 1.0]).all():
        return None, None
    counts = {}
    for answer in (1.0, 0.0):
        happened = chosen.filter(pl.col("outcome_value") == answer)
        by_arm = [happened.filter(pl.col("arm") == side)["person_key"].n_unique() for side in (arm, CONTROL)]
        counts[answer] = (sum(by_arm), min(by_arm))
    return min(counts.values())


def _mean(values: pl.Series) -> float | None:
    return float(values.to_numpy().mean()) if values.len() else None


def _gap(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else left - right
