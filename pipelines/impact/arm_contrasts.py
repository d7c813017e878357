"""Arms of a lottery against its control at one wave: the regression, its error, and what stands beside an estimate (who is missing, bounds, the draw's own permutations, taking part)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.attrition import Loss, lee_bounds
from pipelines.impact.draw_integrity import CONTROL
from pipelines.impact.estimate_rows import identity
from pipelines.impact.power import detectable_from_error
from pipelines.impact.randomisation import randomisation_p
from pipelines.impact.regression import Fit, NotEstimable, Vector, least_squares
from pipelines.impact.sensitivity import SMALLEST_ERROR
from pipelines.impact.take_up import two_stage_least_squares
from pipelines.impact.verdicts import DrawEvidence

"""An error below is none: rounding, not spread."""
FEW_UNITS = 50  # under as many, errors that lean on many clusters are too short
FEW_DRAWN = 20  # under as many, the draw's own permutations are asked too


@dataclass(frozen=True)
class Contrast:
    """One arm at one wave against control: columns of ESTIMATE_SCHEMA, and what its verdict rests on; without evidence the reason why not."""

    row: dict[str, Any]
    evidence: DrawEvidence | None
    problem: str = ""


def contrast_arms(
    assignments: pl.DataFrame,
    rows: pl.DataFrame,
    outcome: Outcome,
    wave: str,
    months: float | None,
    level: float,
    drawn_p: float | None = None,
) -> list[Contrast]:
    """Every arm against control over the rows of one wave, or of several pooled. rows: `assignments` joined with observations and wide covariates. level: of the intervals, two-sided. drawn_p: by the draw's own permutations, where it isn't worked out here."""
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
            found.append(Contrast(row, None, problem_here))
            continue
        found.append(_estimated(row, fit, rows, design, outcome, arm, level, drawn_p))
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
    drawn_p: float | None,
) -> Contrast:
    name = f"arm:{arm}"
    estimate, error = fit.estimate(name)
    low, high = fit.interval(name, 1 - level)
    loss = Loss(row["drawn_treated"], row["drawn_control"], row["n_treated"], row["n_control"])
    people = _adjusted_people(rows, fit, design, arm)
    bounds = (None, None) if loss.is_complete else _bounds(people, arm, loss)
    p_draw = _p_of_the_draw(people, arm) if drawn_p is None else drawn_p
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
    return Contrast({**row, **figures}, evidence)


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
