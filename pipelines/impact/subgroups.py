"""Declared subgroups: the effect within each, and whether the groups differ from each other, which is the only question that they answer."""

from typing import Any

import numpy as np
import polars as pl

from pipelines.impact.declaration import Declaration, Outcome
from pipelines.impact.employment_records import employment_records
from pipelines.impact.intention_to_treat import estimate_intention_to_treat
from pipelines.impact.multiplicity import interaction_test
from pipelines.impact.programme_effects import ALL_COHORTS, Lottery, ProgrammeData
from pipelines.impact.regression import NotEstimable
from pipelines.impact.trial_estimates import estimate_by_trials
from pipelines.impact.verdicts import POLICY, VerdictPolicy

SUBGROUP_SCHEMA: dict[str, pl.DataType] = {
    "cohort_id": pl.String(),
    "outcome": pl.String(),
    "subgroup_kind": pl.String(),
    "subgroup_value": pl.String(),
    "estimate": pl.Float64(),
    "std_error": pl.Float64(),
    "ci_low": pl.Float64(),
    "ci_high": pl.Float64(),
    "n_treated": pl.Int64(),
    "n_control": pl.Int64(),
    "reason": pl.String(),
    "interaction_p": pl.Float64(),
    "interaction_words": pl.String(),
}


def subgroup_effects(
    declaration: Declaration, data: ProgrammeData, segments: pl.DataFrame, policy: VerdictPolicy = POLICY
) -> pl.DataFrame:
    """One row a declared outcome, subgroup and value. segments: person_key, segment_kind, segment_value, of the programme's approved segments.

    A group without enough people, events or balance has null figures and the reason. The interaction is tested over the groups that have an estimate.
    """
    rows: list[dict[str, Any]] = []
    for outcome in declaration.outcomes:
        for kind in outcome.subgroups:
            own = segments.filter(pl.col("segment_kind") == kind)
            for lottery in data.lotteries:
                rows += _tested(_groups_by_lot(outcome, lottery, own, policy), outcome, kind, lottery.cohort_id)
            if data.has_other_cohorts and outcome.event and data.months.height:
                rows += _tested(_groups_by_trials(outcome, declaration, data, own, policy), outcome, kind, ALL_COHORTS)
    return pl.DataFrame(rows, schema=SUBGROUP_SCHEMA)


def _values(segments: pl.DataFrame) -> list[tuple[str, pl.Series]]:
    names = segments["segment_value"].unique().sort().to_list()
    return [(name, segments.filter(pl.col("segment_value") == name)["person_key"]) for name in names]


def _groups_by_lot(
    outcome: Outcome, lottery: Lottery, segments: pl.DataFrame, policy: VerdictPolicy
) -> list[dict[str, Any]]:
    own = lottery.observations.filter(pl.col("outcome") == outcome.outcome).drop("outcome")
    found = []
    for value, people in _values(segments):
        assigned = lottery.assignments.filter(pl.col("person_key").is_in(people.implode()))
        if assigned["arm"].n_unique() < 2:
            found.append(_too_few(value))
            continue
        rows = estimate_intention_to_treat(assigned, own, lottery.covariates, outcome, policy)
        if rows.height:
            found.append(_group(value, rows.sort("months_since_start", nulls_last=True).row(-1, named=True)))
    return found


def _groups_by_trials(
    outcome: Outcome, declaration: Declaration, data: ProgrammeData, segments: pl.DataFrame, policy: VerdictPolicy
) -> list[dict[str, Any]]:
    found = []
    for value, people in _values(segments):
        months = data.months.filter(pl.col("person_key").is_in(people.implode()))
        try:
            records = employment_records(months, data.measures, outcome, declaration.covariates)
            if not records.is_window_over:
                found.append(_too_few(value))
                continue
            estimated = estimate_by_trials(records, outcome, None)
        except NotEstimable:
            found.append(_too_few(value))
            continue
        row, evidence = estimated.row, estimated.evidence
        thin = evidence.mentees < policy.least_mentees or (evidence.events or 0) < policy.least_events
        uneven = evidence.largest_smd is not None and abs(evidence.largest_smd[1]) > policy.greatest_smd
        if thin:
            found.append(_too_few(value))
        elif uneven:
            found.append({**_too_few(value), "reason": "the groups compared differ too much within this subgroup"})
        else:
            found.append(_group(value, row))
    return found


def _too_few(value: str) -> dict[str, Any]:
    return {"subgroup_value": value, "reason": "too few people or events in this subgroup"}


def _group(value: str, row: dict[str, Any]) -> dict[str, Any]:
    if row["estimate"] is None:
        return _too_few(value)
    names = ("estimate", "std_error", "ci_low", "ci_high", "n_treated", "n_control")
    return {"subgroup_value": value, **{name: row[name] for name in names}}


def _tested(found: list[dict[str, Any]], outcome: Outcome, kind: str, cohort_id: str) -> list[dict[str, Any]]:
    known = [row for row in found if row.get("estimate") is not None]
    p_value, words = None, "not tested: fewer than two subgroups have enough people and events"
    if len(known) > 1:
        errors = np.array([row["std_error"] for row in known])
        test = interaction_test(
            [row["subgroup_value"] for row in known], np.array([row["estimate"] for row in known]), errors
        )
        p_value = test.p_value
        differ = (
            "the effect differs between the subgroups"
            if p_value < 0.05
            else "no sign that the effect differs between the subgroups"
        )
        words = differ
    shared = {"cohort_id": cohort_id, "outcome": outcome.outcome, "subgroup_kind": kind}
    return [{**shared, **row, "interaction_p": p_value, "interaction_words": words} for row in found]
