"""Intention to treat for cohorts that were randomised: everyone counts in the arm that was drawn for them.

ANCOVA: outcome on arm, the outcome's own baseline, declared covariates measured before the draw, strata and (pooled over waves) wave effects,
errors clustered on the unit of the draw, and bias-reduced where people were drawn together or few units were. Yes/no outcomes use the same regression (a linear probability model), so that the estimate is a risk
difference. Reference: Frison & Pocock (1992), Statistics in Medicine 11; Angrist & Pischke (2009), section 3.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from pipelines.contracts.declared_outcomes import Outcome
from pipelines.impact.arm_contrasts import Contrast, contrast_arms
from pipelines.impact.draw_integrity import CONTROL, DrawCheck, check_draw
from pipelines.impact.estimate_rows import ESTIMATE_SCHEMA, with_verdict
from pipelines.impact.missing import finite
from pipelines.impact.multiplicity import holm
from pipelines.impact.verdicts import POLICY, Verdict, VerdictPolicy, judge_randomised

POOLED = "pooled"


def estimate_intention_to_treat(
    assignments: pl.DataFrame,
    observations: pl.DataFrame,
    covariates: pl.DataFrame,
    outcome: Outcome,
    policy: VerdictPolicy = POLICY,
    planned_share: float | None = None,
    *,
    level: float = 0.05,
    drawn_p: float | None = None,
) -> pl.DataFrame:
    """Estimates for one outcome of one cohort, one row per arm (against control) and wave, plus "pooled" where declared.

    assignments: person_key, arm ("control" is the comparison), unit_id, stratum (nullable). One row per person. With a column took_part (0 or 1) and one arm
    beside control, rows also hold the effect of taking part, by the lot as instrument.
    observations: person_key, wave_no, wave_label, is_exposed, months_since_start, outcome_value, baseline_value (nullable). Long.
    covariates: person_key, covariate, value. Long; measured before the draw. planned_share: of units that were to get a place, 0 to 1, where it was declared.
    level: of the intervals, two-sided, and the greatest corrected p of what is called caused. drawn_p: by the draw's own permutations,
    where units were drawn in another way than once to one arm; left out, it is worked out here.
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
    found: list[Contrast] = []
    if outcome.pooled:
        pooled = rows if outcome.include_baseline_wave else exposed
        found += contrast_arms(assignments, pooled, outcome, POOLED, None, level, drawn_p)
    for wave_no in exposed["wave_no"].unique().sort():
        one = exposed.filter(pl.col("wave_no") == wave_no)
        label, months = one["wave_label"][0], one["months_since_start"][0]
        found += contrast_arms(assignments, one, outcome, label, months, level, drawn_p)
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


def _judged(found: list[Contrast], policy: VerdictPolicy, checks: Mapping[str, DrawCheck]) -> list[dict[str, Any]]:
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


def _corrected(found: list[Contrast]) -> dict[int, float]:
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


def _holm(found: list[Contrast], places: list[int]) -> dict[int, float]:
    adjusted = holm(np.array([found[i].row["p_value"] for i in places])).tolist() if places else []
    return dict(zip(places, adjusted, strict=True))
