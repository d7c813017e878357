"""The cohorts that are being formed, from the warehouse to a `MatchProblem`: for the matching asset and for the command line."""

import json
from collections.abc import Mapping
from typing import Any

import duckdb
import polars as pl

from pipelines.matching import MatchProblem, Policy, policy_from_block, rules_from_policy, weights_from_block
from pipelines.matching.participants import cohort_participants
from pipelines.matching.policy import pairs_from_block, previous_months
from pipelines.warehouse import read_frame

FORMING = """
    select
        cohorts.cohort_id, cohorts.programme_id, programmes.matching_policy, workspace.as_of_date, workspace.min_group_size
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
PREVIOUS = """
    select mentee_person_key, mentor_person_key from marts.pairs
    where status <> 'proposed'
        and ($2 is null or coalesce(ended_date, $1) >= $1 - to_months(cast($2 as integer)))
"""
PROPOSED = """
    select mentee_person_key, mentor_person_key from marts.pairs where cohort_id = ? and status = 'proposed'
"""
GROUPS = """
    select person_key, attribute, value from intermediate.int_person_demographics
    where person_key in (select person_key from marts.applications where cohort_id = ?)
"""


def forming_cohorts(warehouse: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Cohorts being formed: cohort_id, programme_id, matching_policy (JSON), as_of_date, min_group_size."""
    return read_frame(warehouse, FORMING).to_dicts()


def cohort_problem(warehouse: duckdb.DuckDBPyConnection, cohort: Mapping[str, Any]) -> tuple[MatchProblem, Policy]:
    """One cohort's problem and policy, as its programme declares them.

    `groups` of the problem holds the attributes that `matching.audit` names (all that were declared where it names none); only the quota and
    the audit look at it.
    """
    block = json.loads(cohort["matching_policy"])
    key = cohort["cohort_id"]
    mentees, mentors = cohort_participants(
        read_frame(warehouse, APPLICATIONS, [key]),
        read_frame(warehouse, PREFERENCES, [key]),
        read_frame(warehouse, "select person_key, home_tz, languages from marts.persons"),
        read_frame(warehouse, STATES, [cohort["as_of_date"]]),
        read_frame(warehouse, PREVIOUS, [cohort["as_of_date"], previous_months(block)]),
        as_of=cohort["as_of_date"],
    )
    groups = read_frame(warehouse, GROUPS, [key])
    wanted = block.get("audit")
    if wanted is not None:
        quota = [block["quota"]["attribute"]] if block.get("quota") else []
        groups = groups.filter(pl.col("attribute").is_in([*wanted, *quota]))
    problem = MatchProblem(
        mentees,
        mentors,
        rules_from_policy(block),
        weights_from_block(block),
        locks=pairs_from_block(block, "locks"),
        forbidden=pairs_from_block(block, "forbidden"),
        current=_applications(read_frame(warehouse, PROPOSED, [key]), mentees, mentors),
        groups=groups,
    )
    return problem, policy_from_block(block)


def _applications(pairs: pl.DataFrame, mentees: pl.DataFrame, mentors: pl.DataFrame) -> list[tuple[str, str]]:
    """Application ids of pairs of persons."""
    one = mentees.select(pl.col("person_key").alias("mentee_person_key"), pl.col("application_id").alias("mentee"))
    other = mentors.select(pl.col("person_key").alias("mentor_person_key"), pl.col("application_id").alias("mentor"))
    known = pairs.join(one, on="mentee_person_key").join(other, on="mentor_person_key")
    return sorted(known.select("mentee", "mentor").unique().iter_rows())
