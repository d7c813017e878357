"""Pairings recomputed for every cohort that is being formed: proposals, never more, until a person approves them."""

import json
from typing import Any

import dagster as dg
import polars as pl

from pipelines.matching import (
    MatchProblem,
    MatchResult,
    policy_from_block,
    rules_from_policy,
    solve,
    weights_from_block,
)
from pipelines.matching.participants import cohort_participants
from pipelines.settings import settings
from pipelines.warehouse import claim_writer, connect, read_frame, replace_table

GROUP = "analytics"
OWNERS = ["team:data-science"]
TABLES = {
    "match_runs": "One row per forming cohort: coverage, scores, proof of the optimum, and what greedy or first come would give.",
    "match_pairs": "One row per proposed pair, with score, rank and reasons. A proposal, not a pairing.",
    "match_unmatched": "One row per application that stays without a partner, with the reason.",
    "match_rules": "One row per hard rule and run: how many pairs it removed.",
}

FORMING = """
    select cohorts.cohort_id, cohorts.programme_id, programmes.matching_policy, workspace.as_of_date
    from marts.cohorts as cohorts
    inner join marts.programmes as programmes on cohorts.programme_id = programmes.programme_id
    cross join raw_registry.workspace as workspace
    where cohorts.status = 'forming' and programmes.matching_policy is not null
    order by cohorts.cohort_id
"""
APPLICATIONS = """
    select application_id, person_key, role_sought, submitted_at, capacity
    from marts.applications where cohort_id = ? and decision in ('pending', 'accepted')
"""
PREFERENCES = """
    select preferences.application_id, preferences.kind, preferences.rank, preferences.value
    from marts.application_preferences as preferences
    inner join marts.applications as applications on preferences.application_id = applications.application_id
    where applications.cohort_id = ?
"""
STATES = """
    select person_key, level_rank, department, location, manager_person_key
    from marts.job_states where valid_from <= $1 and (valid_to is null or valid_to > $1)
    qualify row_number() over (partition by person_key order by valid_from desc) = 1
"""


@dg.multi_asset(
    name="matching",
    specs=[
        dg.AssetSpec(
            [GROUP, table],
            group_name=GROUP,
            description=description,
            owners=OWNERS,
            kinds={"polars", "duckdb"},
            deps=[
                dg.AssetKey(["marts", name])
                for name in (
                    "applications",
                    "application_preferences",
                    "cohorts",
                    "job_states",
                    "pairs",
                    "persons",
                    "programmes",
                )
            ],
        )
        for table, description in TABLES.items()
    ],
)
def matching(context: dg.AssetExecutionContext):
    """Read the forming cohorts, solve each exactly, write the proposals, report coverage and proof."""
    workspace = settings()
    claim_writer(workspace.warehouse)
    with connect(workspace.warehouse) as warehouse:
        solved = [(cohort, _solve(warehouse, cohort)) for cohort in read_frame(warehouse, FORMING).to_dicts()]
        tables = _tables(solved)
        for name, frame in tables.items():
            replace_table(warehouse, f"{GROUP}.{name}", frame)
    for run in tables["match_runs"].to_dicts():
        context.log.info(
            f"{run['cohort_id']}: {run['matched']} of {run['mentees']} mentees matched, gap {run['gap']:.1e}"
        )
    for name, frame in tables.items():
        yield dg.MaterializeResult(asset_key=[GROUP, name], metadata={"dagster/row_count": frame.height})


def _solve(warehouse: Any, cohort: dict[str, Any]) -> MatchResult:
    policy = json.loads(cohort["matching_policy"])
    mentees, mentors = cohort_participants(
        read_frame(warehouse, APPLICATIONS, [cohort["cohort_id"]]),
        read_frame(warehouse, PREFERENCES, [cohort["cohort_id"]]),
        read_frame(warehouse, "select person_key, home_tz, languages from marts.persons"),
        read_frame(warehouse, STATES, [cohort["as_of_date"]]),
        read_frame(
            warehouse, "select mentee_person_key, mentor_person_key from marts.pairs where status <> 'proposed'"
        ),
        as_of=cohort["as_of_date"],
    )
    problem = MatchProblem(mentees, mentors, rules_from_policy(policy), weights_from_block(policy))
    return solve(problem, policy_from_block(policy), salt=cohort["cohort_id"])


def _tables(solved: list[tuple[dict[str, Any], MatchResult]]) -> dict[str, pl.DataFrame]:
    """The results of all cohorts, one frame a table; empty frames keep their columns where no cohort is being formed."""

    def gathered(name: str) -> pl.DataFrame:
        frames = []
        for cohort, result in solved or [(_NOBODY, _empty_result())]:
            frame: pl.DataFrame = getattr(result, name)
            keys = [pl.lit(cohort[key]).alias(key) for key in ("run_id", "programme_id", "cohort_id")]
            frames.append(frame.select(*keys, pl.all()) if solved else frame.select(*keys, pl.all()).clear())
        return pl.concat(frames)

    for cohort, result in solved:
        cohort["run_id"] = f"{cohort['cohort_id']}:{result.quality['input_hash'][0][:12]}"
    return {
        "match_runs": gathered("quality"),
        "match_pairs": gathered("pairs"),
        "match_unmatched": gathered("unmatched"),
        "match_rules": gathered("rules"),
    }


_NOBODY = {"run_id": "", "programme_id": "", "cohort_id": ""}


def _empty_result() -> MatchResult:
    from pipelines.matching.problem import MENTEE_SCHEMA, MENTOR_SCHEMA

    nobody = MatchProblem(
        pl.DataFrame(schema=MENTEE_SCHEMA), pl.DataFrame(schema=MENTOR_SCHEMA), rules_from_policy({}), {"skills": 1.0}
    )
    return solve(nobody, salt="empty")
