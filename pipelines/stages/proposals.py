"""Pairings recomputed for every cohort that is being formed: proposals, never more, until a person approves them."""

import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import pairwise
from typing import Any

import polars as pl

from pipelines.builds.made_from import note, noted, prepare
from pipelines.builds.program import hash_of, program
from pipelines.builds.values import told
from pipelines.decisions import State
from pipelines.matching import MatchProblem, MatchResult, Policy, rules_from_policy, solve
from pipelines.matching.prepared import prepared_changes
from pipelines.matching.problem import MENTEE_SCHEMA, MENTOR_SCHEMA
from pipelines.matching_inputs.forming import (
    Forming,
    cohort_problem,
    forming_cohorts,
    problem_row,
    published_difference,
    set_aside_rows,
)
from pipelines.stages.match_history import noted_runs
from pipelines.warehouse import read_kept

TABLES = {
    "match_runs": "One row per forming cohort: coverage, scores, loads, churn, proof of the optimum, and what the baselines would give.",
    "match_pairs": "One row per proposed pair, with score, ranks of both sides, price and reasons. A proposal, not a pairing.",
    "match_unmatched": "One row per application that stays without a partner, with the reason.",
    "match_rules": "One row per hard rule and run: how many pairs it removed.",
    "match_candidates": "One row per pair that the solver weighed, with its score.",
    "match_alternatives": "One row per mentee and alternative mentor: what the total would lose, and who would move.",
    "match_prices": "One row per mentor: seats, how many are taken, and what one more would be worth.",
    "match_baselines": "One row per way of matching the same people: proposed, stable, greedy, first come, random.",
    "match_group_audit": "One row per declared group: coverage and quality ratios with intervals. No score sees a group.",
    "match_differences": "One row per mentee who is proposed or published with a mentor: kept, new, changed or no longer proposed.",
    "match_set_aside": "One row per decision that a run could not keep, with the reason.",
    "match_what_if": "One row per prepared change of a weight and figure: what it would do, groups included.",
    "match_problems": "One row per run: the policy and the decisions it saw, so that a proposal can be worked out again.",
    "match_history": "One row per run that was ever made: the day of its data, pairs, and the policy's version. Kept from run to run.",
    "match_mentees": "One row per mentee's application as the solver saw it. Pseudonymous, without any demographic attribute.",
    "match_mentors": "One row per mentor's application as the solver saw it, with the seats that were declared.",
    "match_run_log": "One row per stage of a run: seconds and peak memory. Differs from run to run, so it is never published.",
}

READ = (
    "intermediate.int_person_demographics",
    *(
        f"marts.{name}"
        for name in (
            "applications",
            "application_preferences",
            "cohorts",
            "employment_spells",
            "job_states",
            "match_decisions",
            "pairs",
            "persons",
            "programmes",
        )
    ),
)
"""Every table that is read here."""


@dataclass(frozen=True)
class Run:
    """A solved cohort. log: stage, seconds, peak_memory_mb."""

    keys: dict[str, str]
    result: MatchResult
    forming: Forming
    matching_policy: str
    min_group_size: int
    log: pl.DataFrame


def proposed(warehouse: Any) -> dict[str, pl.DataFrame]:
    """All tables of the stage, empty ones included: the proposals of every cohort that is being formed, and the runs that were ever made."""
    prepare(warehouse)
    tables = _gathered([_tables(warehouse, cohort) for cohort in forming_cohorts(warehouse)])
    tables["match_history"] = noted_runs(warehouse, tables["match_runs"], tables["match_problems"])
    return tables


def _tables(warehouse: Any, cohort: dict[str, Any]) -> dict[str, pl.DataFrame]:
    """A cohort's tables; where its problem, policy and decisions are as they were, those of the last run."""
    forming = cohort_problem(warehouse, cohort)
    node, now = f"matching.{cohort['cohort_id']}", hash_of([program(), *_given(cohort, forming)])
    empty = {name: frame.schema for name, frame in _gathered([]).items()}
    if noted(warehouse).get(node) == (now, None):
        return {name: _of_cohort(warehouse, name, schema, cohort["cohort_id"]) for name, schema in empty.items()}
    note(warehouse, {node: (now, None)})
    return _results(_solved(forming, cohort))


def _given(cohort: dict[str, Any], forming: Forming) -> list[str]:
    """All that the tables rest on. The rules stand in the policy; the day only in what was read for it."""
    problems = [
        {part.name: getattr(problem, part.name) for part in fields(problem) if part.name != "rules"}
        for problem in (forming.declared, forming.problem)
    ]
    named = [cohort[name] for name in ("cohort_id", "programme_id", "matching_policy", "min_group_size")]
    return [told(part) for part in (named, problems, forming.state, forming.set_aside)]


def _of_cohort(warehouse: Any, name: str, schema: Mapping[str, pl.DataType], cohort_id: str) -> pl.DataFrame:
    return read_kept(warehouse, f"analytics.{name}", schema).filter(pl.col("cohort_id") == cohort_id)


def _solved(forming: Forming, cohort: dict[str, Any]) -> Run:
    marks: list[tuple[str, float]] = []

    def mark(stage: str) -> None:
        marks.append((stage, time.perf_counter()))

    result = solve(forming.problem, forming.policy, salt=cohort["cohort_id"], progress=mark)
    mark("explained")
    keys = {
        "run_id": f"{cohort['cohort_id']}:{result.quality['input_hash'][0][:12]}",
        "programme_id": cohort["programme_id"],
        "cohort_id": cohort["cohort_id"],
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stages = [(stage, later[1] - begun, peak) for (stage, begun), later in pairwise(marks)]
    log = pl.DataFrame(stages, schema=LOG_SCHEMA, orient="row")
    return Run(keys, result, forming, cohort["matching_policy"], cohort["min_group_size"], log)


LOG_SCHEMA = {"stage": pl.String, "seconds": pl.Float64, "peak_memory_mb": pl.Float64}


def _gathered(cohorts: list[dict[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    """The results of all cohorts, one frame a table; empty frames keep their columns where no cohort is being formed."""
    none = {name: frame.clear() for name, frame in _results(_nobody()).items()}
    return {name: pl.concat([cohort[name] for cohort in cohorts]) if cohorts else frame for name, frame in none.items()}


def _results(run: Run) -> dict[str, pl.DataFrame]:
    """The tables of one run, each row with the run's keys."""
    found = {
        "match_runs": run.result.quality,
        "match_pairs": run.result.pairs,
        "match_unmatched": run.result.unmatched,
        "match_rules": run.result.rules,
        "match_candidates": run.result.candidates,
        "match_alternatives": run.result.alternatives,
        "match_prices": run.result.prices,
        "match_baselines": run.result.baselines,
        "match_group_audit": run.result.audit(min_group_size=run.min_group_size),
        "match_differences": published_difference(run.forming, run.result),
        "match_set_aside": set_aside_rows(run.forming),
        "match_what_if": prepared_changes(run.result, min_group_size=run.min_group_size),
        "match_problems": problem_row(run.forming, run.matching_policy, run.result.salt, run.min_group_size),
        "match_mentees": run.forming.declared.mentees,
        "match_mentors": run.forming.declared.mentors,
        "match_run_log": run.log,
    }
    keys = [pl.lit(value).alias(key) for key, value in run.keys.items()]
    return {name: frame.select(*keys, pl.all()) for name, frame in found.items()}


@lru_cache(maxsize=1)
def _nobody() -> Run:
    """A run over nobody, whose frames give the empty tables their columns."""
    nobody = MatchProblem(
        pl.DataFrame(schema=MENTEE_SCHEMA), pl.DataFrame(schema=MENTOR_SCHEMA), rules_from_policy({}), {"skills": 1.0}
    )
    result = solve(nobody, salt="empty")
    keys = {"run_id": "", "programme_id": "", "cohort_id": ""}
    return Run(keys, result, Forming(nobody, nobody, Policy(), State(), []), "{}", 5, pl.DataFrame(schema=LOG_SCHEMA))
