"""Effects of the cohorts whose places were drawn by lot; every other declared outcome is answered "not estimated yet"."""

import hashlib
import json
from typing import Any

import dagster as dg
import polars as pl

from pipelines.impact import Outcome, estimate_intention_to_treat
from pipelines.impact.intention_to_treat import ESTIMATE_SCHEMA
from pipelines.impact.verdicts import NOT_ESTIMATED, POLICY
from pipelines.settings import settings
from pipelines.warehouse import claim_writer, connect, read_frame, replace_table

DECLARED = """
    select programmes.programme_id, cohorts.cohort_id, cohorts.assignment_rule, programmes.impact_declaration
    from marts.programmes as programmes
    inner join marts.cohorts as cohorts on programmes.programme_id = cohorts.programme_id
    where programmes.impact_declaration is not null and cohorts.status <> 'forming'
    order by programmes.programme_id, cohorts.cohort_id
"""
ASSIGNMENTS = """
    select distinct on (person_key)
        person_key, assigned_arm as arm, coalesce(assignment_unit, person_key) as unit_id, assignment_stratum as stratum
    from marts.applications
    where cohort_id = ? and assigned_arm is not null and role_sought = 'mentee'
    order by person_key, application_id
"""
OBSERVATIONS = """
    select person_key, wave_no, is_exposed, months_since_start, outcome_value, baseline_value,
        case when months_since_start is null then 'wave ' || wave_no else 'month ' || cast(months_since_start as integer) end as wave_label
    from marts.trial_observations where cohort_id = ? and outcome = ?
"""
COVARIATES = "select person_key, covariate, value from marts.trial_covariates where cohort_id = ?"
KEYS = {"estimate_id": pl.String(), "programme_id": pl.String(), "cohort_id": pl.String()}
STAMPS = {"declaration_hash": pl.String(), "policy_version": pl.String()}


@dg.asset(
    key=["impact", "estimates"],
    group_name="impact",
    description="One row per declared outcome, cohort, arm and wave: the estimate with its interval, design and verdict, or why there is none.",
    owners=["team:data-science"],
    kinds={"polars", "duckdb"},
    deps=[
        dg.AssetKey(["marts", name])
        for name in ("applications", "cohorts", "programmes", "trial_covariates", "trial_observations")
    ],
)
def estimates(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Read declarations and observations, estimate, write, report verdicts."""
    workspace = settings()
    claim_writer(workspace.warehouse)
    with connect(workspace.warehouse) as warehouse:
        frames = [_cohort_estimates(warehouse, cohort) for cohort in read_frame(warehouse, DECLARED).to_dicts()]
        empty = pl.DataFrame(schema={**KEYS, **ESTIMATE_SCHEMA, **STAMPS})
        estimated = pl.concat([empty, *frames])
        replace_table(warehouse, "impact.estimates", estimated)
    verdicts = dict(estimated.group_by("verdict").len().sort("verdict").iter_rows())
    context.log.info(f"{estimated.height} estimates: {verdicts}")
    return dg.MaterializeResult(metadata={"dagster/row_count": estimated.height, **verdicts})


def _cohort_estimates(warehouse: Any, cohort: dict[str, Any]) -> pl.DataFrame:
    declaration = json.loads(cohort["impact_declaration"])
    outcomes = [_declared(entry) for entry in declaration.get("outcomes", [])]
    if cohort["assignment_rule"] == "lottery":
        assignments = read_frame(warehouse, ASSIGNMENTS, [cohort["cohort_id"]])
        covariates = read_frame(warehouse, COVARIATES, [cohort["cohort_id"]])
        found = [
            estimate_intention_to_treat(
                assignments,
                read_frame(warehouse, OBSERVATIONS, [cohort["cohort_id"], outcome.outcome]),
                covariates,
                outcome,
            )
            for outcome in outcomes
        ]
    else:
        found = [_not_estimated(outcome) for outcome in outcomes]
    frame = pl.concat([pl.DataFrame(schema=ESTIMATE_SCHEMA), *found])
    identity = pl.concat_str([pl.lit(cohort["cohort_id"]), "outcome", "arm", "wave"], separator=":", ignore_nulls=True)
    digest = hashlib.sha256(json.dumps(declaration, sort_keys=True).encode()).hexdigest()[:16]
    return frame.select(
        identity.alias("estimate_id"),
        pl.lit(cohort["programme_id"]).alias("programme_id"),
        pl.lit(cohort["cohort_id"]).alias("cohort_id"),
        *ESTIMATE_SCHEMA,
        pl.lit(digest).alias("declaration_hash"),
        pl.lit(POLICY.version).alias("policy_version"),
    )


def _declared(entry: dict[str, Any]) -> Outcome:
    return Outcome(
        outcome=entry["outcome"],
        label=entry["label"],
        unit=entry["unit"],
        kind=entry.get("kind", "number"),
        is_primary=bool(entry.get("is_primary", False)),
        covariates=tuple(entry.get("covariates", ())),
        pooled=bool(entry.get("pooled", False)),
        include_baseline_wave=bool(entry.get("include_baseline_wave", False)),
    )


def _not_estimated(outcome: Outcome) -> pl.DataFrame:
    row = {
        "outcome": outcome.outcome,
        "outcome_label": outcome.label,
        "unit": outcome.unit,
        "is_primary": outcome.is_primary,
        "design": "none",
        "verdict": NOT_ESTIMATED.verdict,
        "verdict_words": NOT_ESTIMATED.words,
        "reasons": list(NOT_ESTIMATED.reasons),
    }
    return pl.DataFrame([row], schema=ESTIMATE_SCHEMA)
