"""The cohorts that are being formed, from the warehouse to a `MatchProblem`: for the matching asset and for the command line."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from pipelines.decisions import State, decisions_from_rows, state_of
from pipelines.matching import MatchProblem, MatchResult, Policy, policy_from_block
from pipelines.matching.decided import SetAside, with_decisions
from pipelines.matching.participants import cohort_participants
from pipelines.matching.policy import previous_months, problem_from_block
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
    from marts.applications
    where cohort_id = $1 and decision in ('pending', 'accepted')
        and person_key not in (
            select person_key from marts.employment_spells
            group by person_key having max(coalesce(end_date, date '9999-12-31')) <= $2
        )
    order by all
"""
PREFERENCES = """
    select preferences.application_id, preferences.kind, preferences.rank, preferences.value
    from marts.application_preferences as preferences
    inner join marts.applications as applications on preferences.application_id = applications.application_id
    where applications.cohort_id = ?
    order by all
"""
STATES = """
    select person_key, level_rank, department, location, manager_person_key
    from marts.job_states where valid_from <= $1 and (valid_to is null or valid_to > $1)
    qualify row_number() over (partition by person_key order by valid_from desc) = 1
    order by person_key
"""
PREVIOUS = """
    select mentee_person_key, mentor_person_key from marts.pairs
    where status <> 'proposed'
        and ($2 is null or coalesce(ended_date, $1) >= $1 - to_months(cast($2 as integer)))
    order by all
"""
PROPOSED = """
    select mentee_person_key, mentor_person_key from marts.pairs where cohort_id = ? and status = 'proposed'
"""
DECISIONS = """
    select cohort_id, revision, item, kind, mentee_application_id, mentor_application_id, seats, undone_revision, run_id
    from marts.match_decisions where cohort_id = ?
"""
GROUPS = """
    select person_key, attribute, value from intermediate.int_person_demographics
    where person_key in (select person_key from marts.applications where cohort_id = ?)
    order by all
"""
DIFFERENCE_SCHEMA = {
    "mentee_application_id": pl.String(),
    "proposed_mentor_application_id": pl.String(),
    "published_mentor_application_id": pl.String(),
    "change": pl.String(),
    "published_version": pl.Int64(),
}


def forming_cohorts(warehouse: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Cohorts being formed: cohort_id, programme_id, matching_policy (JSON), as_of_date, min_group_size."""
    return read_frame(warehouse, FORMING).to_dicts()


@dataclass(frozen=True)
class Forming:
    """A cohort being formed. declared: its problem as the programme's file has it; problem: with people's decisions; set_aside: decisions
    that no longer can be kept; state: where the decisions stand."""

    declared: MatchProblem
    problem: MatchProblem
    policy: Policy
    state: State
    set_aside: list[SetAside]


def cohort_problem(warehouse: duckdb.DuckDBPyConnection, cohort: Mapping[str, Any]) -> Forming:
    """One cohort's problem and policy, as its programme declares them and people decided.

    Who left the organisation isn't matched. Current pairs are the published ones; before the first publication those that the platform
    holds as proposed. `groups` of the problem holds the attributes that `matching.audit` names (all that were declared where it names none); only the quota and
    the audit look at it.
    """
    block = json.loads(cohort["matching_policy"])
    key = cohort["cohort_id"]
    mentees, mentors = cohort_participants(
        read_frame(warehouse, APPLICATIONS, [key, cohort["as_of_date"]]),
        read_frame(warehouse, PREFERENCES, [key]),
        read_frame(warehouse, "select person_key, home_tz, languages from marts.persons order by all"),
        read_frame(warehouse, STATES, [cohort["as_of_date"]]),
        read_frame(warehouse, PREVIOUS, [cohort["as_of_date"], previous_months(block)]),
        as_of=cohort["as_of_date"],
    )
    groups = read_frame(warehouse, GROUPS, [key])
    wanted = block.get("audit")
    if wanted is not None:
        quota = [block["quota"]["attribute"]] if block.get("quota") else []
        groups = groups.filter(pl.col("attribute").is_in([*wanted, *quota]))
    declared = problem_from_block(
        block,
        mentees,
        mentors,
        current=_applications(read_frame(warehouse, PROPOSED, [key]), mentees, mentors),
        groups=groups,
    )
    state = state_of(decisions_from_rows(read_frame(warehouse, DECISIONS, [key]).to_dicts()))
    problem, set_aside = with_decisions(
        declared,
        locks=sorted(state.locks),
        forbidden=sorted(state.forbidden),
        capacity=state.capacities,
        current=sorted(state.published.pairs) if state.published else None,
        approved=sorted(state.approved),
    )
    return Forming(declared, problem, policy_from_block(block), state, set_aside)


def published_difference(forming: Forming, result: MatchResult) -> pl.DataFrame:
    """One row per mentee: mentee_application_id, proposed and published mentor (several joined by a comma), change (kept, new, changed, ended), published_version (null =
    nothing was published, the platform's own proposals count)."""
    proposed = _mentors(result.unpriced.select("mentee_application_id", "mentor_application_id").iter_rows())
    current = _mentors(forming.problem.current)
    published = forming.state.published
    rows = []
    for mentee in sorted({*proposed, *current}):
        now, before = proposed.get(mentee), current.get(mentee)
        change = "new" if before is None else "ended" if now is None else "kept" if now == before else "changed"
        rows.append((mentee, now, before, change, published.version if published else None))
    return pl.DataFrame(rows, schema=DIFFERENCE_SCHEMA, orient="row")


def _mentors(pairs: Iterable[tuple[Any, ...]]) -> dict[str, str]:
    """Mentee to mentor; several are joined by a comma."""
    found: dict[str, list[str]] = {}
    for mentee, mentor in sorted(pairs):
        found.setdefault(mentee, []).append(mentor)
    return {mentee: ", ".join(mentors) for mentee, mentors in found.items()}


def set_aside_rows(forming: Forming) -> pl.DataFrame:
    """One row per decision that couldn't be kept: decision, mentee_application_id, mentor_application_id, words."""
    rows = [(one.decision, one.mentee, one.mentor, one.words) for one in forming.set_aside]
    return pl.DataFrame(
        rows,
        schema=dict.fromkeys(("decision", "mentee_application_id", "mentor_application_id", "words"), pl.String()),
        orient="row",
    )


def problem_row(forming: Forming, matching_policy: str, salt: str, min_group_size: int) -> pl.DataFrame:
    """One row: matching_policy (JSON), salt, min_group_size, decided_revision (the last decision that the run saw), declared_current."""
    current = [{"mentee": mentee, "mentor": mentor} for mentee, mentor in forming.declared.current]
    return pl.DataFrame(
        [(matching_policy, salt, min_group_size, forming.state.revision, current)],
        schema={
            "matching_policy": pl.String,
            "salt": pl.String,
            "min_group_size": pl.Int64,
            "decided_revision": pl.Int64,
            "declared_current": pl.List(pl.Struct({"mentee": pl.String, "mentor": pl.String})),
        },
        orient="row",
    )


def _applications(pairs: pl.DataFrame, mentees: pl.DataFrame, mentors: pl.DataFrame) -> list[tuple[str, str]]:
    """Application ids of pairs of persons."""
    one = mentees.select(pl.col("person_key").alias("mentee_person_key"), pl.col("application_id").alias("mentee"))
    other = mentors.select(pl.col("person_key").alias("mentor_person_key"), pl.col("application_id").alias("mentor"))
    known = pairs.join(one, on="mentee_person_key").join(other, on="mentor_person_key")
    return sorted(known.select("mentee", "mentor").unique().iter_rows())
