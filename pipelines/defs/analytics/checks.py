"""What must hold of every proposal, recounted in SQL from the marts, independently of the solver."""

import dagster as dg

from pipelines.settings import settings
from pipelines.warehouse import connect

RECOUNTS = {
    "own_reporting_line": """
        with recursive line as (
            select person_key, manager_person_key as above, 1 as depth
            from current_states where manager_person_key is not null
            union
            select line.person_key, states.manager_person_key, line.depth + 1
            from line inner join current_states as states on line.above = states.person_key
            where states.manager_person_key is not null and line.depth < 30
        )
        select count(*) from analytics.match_pairs as pairs
        where pairs.mentee_person_key = pairs.mentor_person_key
            or exists (select 1 from line where line.person_key = pairs.mentee_person_key and line.above = pairs.mentor_person_key)
            or exists (select 1 from line where line.person_key = pairs.mentor_person_key and line.above = pairs.mentee_person_key)
    """,
    "capacity": """
        select count(*) from (
            select pairs.mentor_application_id from analytics.match_pairs as pairs
            inner join marts.applications as applications on pairs.mentor_application_id = applications.application_id
            group by pairs.mentor_application_id having count(*) > max(coalesce(applications.capacity, 1))
        )
    """,
    "one_mentor_each": """
        select count(*) from (
            select mentee_application_id from analytics.match_pairs group by all having count(*) > 1
        )
    """,
    "declared_exclusion": """
        select count(*) from analytics.match_pairs as pairs
        inner join marts.application_preferences as excluded
            on excluded.kind = 'excluded_person'
            and (
                (excluded.application_id = pairs.mentee_application_id and excluded.value = pairs.mentor_person_key)
                or (excluded.application_id = pairs.mentor_application_id and excluded.value = pairs.mentee_person_key)
            )
    """,
    "previous_pair": """
        select count(*) from analytics.match_pairs as pairs
        inner join policies on pairs.programme_id = policies.programme_id and policies.rule = 'previous_pair'
        inner join marts.pairs as earlier
            on earlier.status <> 'proposed'
            and (
                (earlier.mentee_person_key = pairs.mentee_person_key and earlier.mentor_person_key = pairs.mentor_person_key)
                or (earlier.mentee_person_key = pairs.mentor_person_key and earlier.mentor_person_key = pairs.mentee_person_key)
            )
        where policies.months is null
            or coalesce(earlier.ended_date, (select as_of_date from raw_registry.workspace))
            >= (select as_of_date from raw_registry.workspace) - to_months(policies.months)
    """,
    "shared_language": """
        select count(*) from analytics.match_pairs as pairs
        inner join policies on pairs.programme_id = policies.programme_id and policies.rule = 'shared_language'
        inner join marts.persons as mentees on pairs.mentee_person_key = mentees.person_key
        inner join marts.persons as mentors on pairs.mentor_person_key = mentors.person_key
        where not coalesce(
            list_has_any(string_split(mentees.languages, '|'), string_split(mentors.languages, '|')), false
        )
    """,
    "level_gap": """
        select count(*) from analytics.match_pairs as pairs
        inner join policies on pairs.programme_id = policies.programme_id and policies.rule = 'level_gap'
        inner join current_states as mentees on pairs.mentee_person_key = mentees.person_key
        inner join current_states as mentors on pairs.mentor_person_key = mentors.person_key
        where mentors.level_rank - mentees.level_rank
            not between coalesce(policies.minimum, 1) and coalesce(policies.maximum, 99)
    """,
}
POLICIES = """
    create or replace temp view policies as
    with declared as (
        select programme_id, unnest(json_extract(matching_policy, '$.hard_rules[*]')) as entry
        from marts.programmes where matching_policy is not null
    )
    select
        programme_id,
        entry ->> '$.rule' as rule,
        cast(entry ->> '$.months' as integer) as months,
        cast(entry ->> '$.minimum' as integer) as minimum,
        cast(entry ->> '$.maximum' as integer) as maximum
    from declared
"""
CURRENT_STATES = """
    create or replace temp view current_states as
    select person_key, manager_person_key, level_rank from marts.job_states
    where valid_from <= (select as_of_date from raw_registry.workspace)
        and (valid_to is null or valid_to > (select as_of_date from raw_registry.workspace))
    qualify row_number() over (partition by person_key order by valid_from desc) = 1
"""


@dg.asset_check(asset=["analytics", "match_pairs"], name="no_hard_rule_is_broken", blocking=True)
def no_hard_rule_is_broken() -> dg.AssetCheckResult:
    """Violations of each rule, recounted: all 0."""
    with connect(settings().warehouse) as warehouse:
        warehouse.execute(CURRENT_STATES)
        warehouse.execute(POLICIES)
        broken = {rule: int(warehouse.execute(query).fetchall()[0][0]) for rule, query in RECOUNTS.items()}
    return dg.AssetCheckResult(passed=not any(broken.values()), metadata=dict(broken))


@dg.asset_check(asset=["analytics", "match_runs"], name="the_optimum_is_proven", blocking=True)
def the_optimum_is_proven() -> dg.AssetCheckResult:
    """The gap between the total and its proven upper bound is at most one millionth."""
    with connect(settings().warehouse) as warehouse:
        widest = warehouse.execute("select coalesce(max(gap), 0) from analytics.match_runs").fetchall()[0][0]
    return dg.AssetCheckResult(passed=widest <= 1e-6, metadata={"widest_gap": float(widest)})


@dg.asset_check(asset=["analytics", "match_group_audit"], name="no_group_falls_under_four_fifths")
def no_group_falls_under_four_fifths() -> dg.AssetCheckResult:
    """A group whose coverage or mean score is under four fifths of the highest: a sign to look, never a reason to stop."""
    with connect(settings().warehouse) as warehouse:
        flagged = warehouse.execute(
            "select cohort_id, attribute, count(*) from analytics.match_group_audit where fails_four_fifths group by all order by all"
        ).fetchall()
    return dg.AssetCheckResult(
        passed=not flagged,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"flagged": [f"{cohort} {attribute}: {groups} group(s)" for cohort, attribute, groups in flagged]},
    )
