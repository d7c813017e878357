"""Declared subgroups: the effect within each, by the same judge as everything else, and whether the groups differ from each other, which is the only question
that they answer. The tests of difference are corrected over all that a programme declares (Holm)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from pipelines.contracts.declared_outcomes import Declaration, Outcome
from pipelines.impact.draw_integrity import CONTROL
from pipelines.impact.employment_records import employment_records
from pipelines.impact.estimate_rows import with_verdict
from pipelines.impact.intention_to_treat import estimate_intention_to_treat
from pipelines.impact.judgement import judge_comparison
from pipelines.impact.looks import ONCE, Early, Look
from pipelines.impact.lotteries import Lottery
from pipelines.impact.multiplicity import holm, interaction_test
from pipelines.impact.negative_exposure import unmatched_applicants
from pipelines.impact.person_months import Others
from pipelines.impact.programme_effects import ALL_COHORTS, ProgrammeData
from pipelines.impact.rating import bounded_by_rating, rate, unregistered
from pipelines.impact.regression import NotEstimable
from pipelines.impact.same_for_all import is_constant, same_for_all, words_of
from pipelines.impact.segments import belonging, belonging_by_month
from pipelines.impact.trial_estimates import estimate_by_trials
from pipelines.impact.verdicts import POLICY, VerdictPolicy

FEW = "too few people or events in this subgroup"
FIGURES = ("estimate", "std_error", "ci_low", "ci_high", "n_treated", "n_control")
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
    "verdict": pl.String(),
    "reason": pl.String(),
    "left_out": pl.String(),
    "interaction_p": pl.Float64(),
    "interaction_p_adjusted": pl.Float64(),
    "interaction_words": pl.String(),
}


def subgroup_effects(
    declaration: Declaration,
    data: ProgrammeData,
    segments: pl.DataFrame,
    policy: VerdictPolicy = POLICY,
    looks: Mapping[str, Look | Early] | None = None,
    *,
    is_registered: bool = False,
) -> pl.DataFrame:
    """One row per declared outcome, subgroup and value. segments: person_key, segment_kind, segment_value, valid_from, valid_to, of the programme's approved segments:
    people count where they belonged when places were drawn, or at time zero of each trial. looks, is_registered: as for `programme_effects`.

    A group whose verdict shows no figure has null ones and the reason. left_out: covariates that are the same for all within it. The interaction is tested
    over the groups with figures; interaction_p_adjusted is corrected over all interactions of the programme.
    """
    families: list[list[dict[str, Any]]] = []
    for outcome in declaration.outcomes:
        for kind in outcome.subgroups:
            own = segments.filter(pl.col("segment_kind") == kind)
            for lottery in data.lotteries:
                by_arm = _groups_by_lot(outcome, lottery, own, policy)
                families += [_family(groups, outcome, kind, lottery.cohort_id) for groups in by_arm]
            look = (looks or {}).get(outcome.outcome, ONCE)
            if data.has_other_cohorts and outcome.event and data.months.height and isinstance(look, Look):
                judge = _Judge(policy, look, is_registered)
                groups = _groups_by_trials(outcome, declaration, data, own, judge, kind)
                families.append(_family(groups, outcome, kind, ALL_COHORTS))
    return pl.DataFrame(_corrected(families, policy), schema=SUBGROUP_SCHEMA)


@dataclass(frozen=True)
class _Judge:
    """What a subgroup's figure is judged by."""

    policy: VerdictPolicy
    look: Look
    is_registered: bool


def _names(belongs: pl.Series) -> list[str]:
    return belongs.drop_nulls().unique().sort().to_list()


def _groups_by_lot(
    outcome: Outcome, lottery: Lottery, segments: pl.DataFrame, policy: VerdictPolicy
) -> list[list[dict[str, Any]]]:
    """Groups of each arm against control; of several arms each group's name holds the arm, since their effects are different ones."""
    look = lottery.look_at(outcome)
    if isinstance(look, Early):
        return []
    own, _ = lottery.seen(outcome, look)
    found: dict[str, list[dict[str, Any]]] = {arm: [] for arm in lottery.arms}
    drawn = lottery.assignments.select("person_key", pl.col("drawn_on").alias("day"))
    belongs = belonging(drawn, segments)
    for value in _names(belongs):
        assigned = lottery.assignments.filter(belongs == value)
        people = assigned["person_key"]
        covariates = lottery.covariates.filter(pl.col("person_key").is_in(people.implode()))
        same = tuple(name for name in outcome.covariates if is_constant(covariates, "covariate", name))
        kept = replace(outcome, covariates=tuple(name for name in outcome.covariates if name not in same))
        rows = estimate_intention_to_treat(assigned, own, lottery.covariates, kept, policy, level=look.level)
        for arm, groups in found.items():
            name = f"{value} ({arm})" if len(found) > 1 else value
            last = rows.filter(pl.col("arm") == arm).sort("months_since_start", nulls_last=True).tail(1).to_dicts()
            if not {arm, CONTROL} <= set(assigned["arm"]):
                groups.append(_without_figures(name, FEW))
            elif last:
                groups.append(_group(name, last[0], same))
    return list(found.values())


def _groups_by_trials(
    outcome: Outcome,
    declaration: Declaration,
    data: ProgrammeData,
    segments: pl.DataFrame,
    judge: "_Judge",
    kind: str,
) -> list[dict[str, Any]]:
    found = []
    known = data if judge.look is ONCE else data.known_by(judge.look.on)
    belongs = belonging_by_month(known.months, segments)
    for value in sorted({*_names(belongs), *known.left_out.values(kind)}):
        own = replace(known, months=_months_of(known.months, belongs == value))
        same = same_for_all(own.months, own.measures, declaration.covariates)
        kept = tuple(name for name in declaration.covariates if name not in same)
        try:
            row = _judged_by_trials(outcome, replace(declaration, covariates=kept), own, judge)
        except NotEstimable as problem:
            found.append(_without_figures(value, str(problem), same))
            continue
        found.append(_group(value, row, same))
    return found


def _judged_by_trials(
    outcome: Outcome, declaration: Declaration, data: ProgrammeData, judge: "_Judge"
) -> dict[str, Any]:
    """The row of one subgroup, judged and bounded by its rating as the programme's own. Raises NotEstimable."""
    control, covariates = declaration.negative_control, declaration.covariates
    # whoever is left out is in no subgroup's figures, but the record ends for all on the same day
    end = Others(last_month=data.left_out.others(outcome.event or "").last_month)
    records = employment_records(data.months, data.measures, outcome, covariates, control, end)
    if not records.is_window_over:
        raise NotEstimable("the outcome's window isn't over yet for anybody of this subgroup")
    asked = unmatched_applicants(data.months, data.measures, outcome, covariates, end)
    estimated = estimate_by_trials(records, outcome, control, judge.look.level, asked)
    row = with_verdict(estimated.row, judge_comparison(estimated.evidence, judge.policy))
    rated = rate(row, declaration.covariates, judge.policy)
    return bounded_by_rating(row, rated if judge.is_registered else unregistered(rated, judge.policy), judge.policy)


def _months_of(months: pl.DataFrame, belongs: pl.Series) -> pl.DataFrame:
    """All months of those who ever belonged, eligible only while they did: follow-up goes on wherever somebody moves."""
    marked = months.with_columns(belongs=belongs.fill_null(value=False))
    ever = marked.filter(pl.col("belongs").any().over("person_key"))
    return ever.with_columns(is_eligible=pl.col("is_eligible") & pl.col("belongs"))


def _without_figures(value: str, reason: str, same: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"subgroup_value": value, "verdict": "not_supported", "reason": reason, "left_out": _told(same)}


def _group(value: str, row: dict[str, Any], same: tuple[str, ...]) -> dict[str, Any]:
    reason = "; ".join(row["reasons"])
    if row["estimate"] is None:
        return {**_without_figures(value, reason or FEW, same), "verdict": row["verdict"]}
    figures = {name: row[name] for name in FIGURES}
    return {"subgroup_value": value, **figures, "verdict": row["verdict"], "reason": reason, "left_out": _told(same)}


def _told(same: tuple[str, ...]) -> str | None:
    return words_of(same) if same else None


def _family(found: list[dict[str, Any]], outcome: Outcome, kind: str, cohort_id: str) -> list[dict[str, Any]]:
    """One kind's groups with the p-value that they don't differ; null where fewer than two have figures."""
    known = [row for row in found if row.get("estimate") is not None]
    p_value = None
    if len(known) > 1:
        errors = np.array([row["std_error"] for row in known])
        names = [row["subgroup_value"] for row in known]
        p_value = interaction_test(names, np.array([row["estimate"] for row in known]), errors).p_value
    shared = {"cohort_id": cohort_id, "outcome": outcome.outcome, "subgroup_kind": kind}
    return [{**shared, **row, "interaction_p": p_value} for row in found]


def _corrected(families: list[list[dict[str, Any]]], policy: VerdictPolicy) -> list[dict[str, Any]]:
    tested = [family for family in families if family and family[0]["interaction_p"] is not None]
    adjusted = holm(np.array([family[0]["interaction_p"] for family in tested])) if tested else np.array([])
    by_family = {id(family): float(p) for family, p in zip(tested, adjusted, strict=True)}
    rows = []
    for family in families:
        p_value = by_family.get(id(family))
        said = {"interaction_p_adjusted": p_value, "interaction_words": _words(p_value, policy)}
        rows += [{**row, **said} for row in family]
    return rows


def _words(p_value: float | None, policy: VerdictPolicy) -> str:
    if p_value is None:
        return "not tested: fewer than two subgroups have enough people and events"
    if p_value <= policy.greatest_family_error:
        return "the effect differs between the subgroups"
    return "no sign that the effect differs between the subgroups"
