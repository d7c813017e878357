"""What must hold of every proposal, recounted in SQL from the marts, independently of the solver."""

from datetime import UTC, datetime, time

import dagster as dg
import duckdb

from pipelines.settings import settings
from pipelines.warehouse import connect
from pipelines.zones import zone_or_none

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
            left join decided_seats as decided
                on pairs.cohort_id = decided.cohort_id and pairs.mentor_application_id = decided.mentor_application_id
            group by pairs.mentor_application_id having count(*) > max(coalesce(decided.seats, applications.capacity, 1))
        )
    """,
    "one_mentor_each": """
        select count(*) from (
            select mentee_application_id from analytics.match_pairs group by all having count(*) > 1
        )
    """,
    "forbidden_by_a_person": """
        select count(*) from analytics.match_pairs as pairs
        inner join decided_pairs as decided
            on pairs.cohort_id = decided.cohort_id and decided.kind = 'forbid'
            and pairs.mentee_application_id = decided.mentee_application_id
            and pairs.mentor_application_id = decided.mentor_application_id
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
    "time_zone_gap": """
        select count(*) from analytics.match_pairs as pairs
        inner join policies on pairs.programme_id = policies.programme_id and policies.rule = 'time_zone_gap'
        inner join facts as mentees on pairs.mentee_person_key = mentees.person_key
        inner join facts as mentors on pairs.mentor_person_key = mentors.person_key
        where least(
            abs(mentees.utc_offset_hours - mentors.utc_offset_hours),
            24 - abs(mentees.utc_offset_hours - mentors.utc_offset_hours)
        ) > coalesce(policies.max_hours, 6)
    """,
    "availability": """
        with times as (
            select application_id, list(distinct value) as named
            from marts.application_preferences where kind = 'time' group by application_id
        )
        select count(*) from analytics.match_pairs as pairs
        inner join policies on pairs.programme_id = policies.programme_id and policies.rule = 'availability'
        inner join times as mentees on pairs.mentee_application_id = mentees.application_id
        inner join times as mentors on pairs.mentor_application_id = mentors.application_id
        where len(list_intersect(mentees.named, mentors.named)) < coalesce(policies.minimum, 1)
    """,
    "population": """
        with judged as (
            select
                policies.*,
                case policies.judged_column
                    when 'department' then facts.department
                    when 'location' then facts.location
                    when 'level_rank' then cast(facts.level_rank as varchar)
                    when 'utc_offset_hours' then cast(facts.utc_offset_hours as varchar)
                end as found
            from analytics.match_pairs as pairs
            inner join policies on pairs.programme_id = policies.programme_id and policies.rule = 'population'
            left join facts
                on facts.person_key
                = case policies.side when 'mentor' then pairs.mentor_person_key else pairs.mentee_person_key end
        )
        select count(*) from judged
        where found is null
            or try_cast(found as double) < minimum
            or try_cast(found as double) > maximum
            or (
                admitted is not null
                and not list_contains(admitted, found)
                and not coalesce(
                    list_contains(list_transform(admitted, lambda one: try_cast(one as double)), try_cast(found as double)),
                    false
                )
            )
    """,
    "forbidden_pair": """
        with forbidden as (
            select programme_id, unnest(json_extract(matching_policy, '$.forbidden[*]')) as entry
            from marts.programmes where matching_policy is not null
        )
        select count(*) from analytics.match_pairs as pairs
        inner join forbidden
            on pairs.programme_id = forbidden.programme_id
            and pairs.mentee_application_id = forbidden.entry ->> '$.mentee'
            and pairs.mentor_application_id = forbidden.entry ->> '$.mentor'
    """,
}
DECIDED_SEATS = """
    create or replace temp view decided_seats as
    select cohort_id, mentor_application_id, seats from marts.match_decisions
    where kind = 'capacity' and not is_undone
    qualify row_number() over (partition by cohort_id, mentor_application_id order by revision desc) = 1
"""
DECIDED_PAIRS = """
    create or replace temp view decided_pairs as
    select cohort_id, kind, mentee_application_id, mentor_application_id from marts.match_decisions
    where kind in ('forbid', 'allow') and not is_undone
    qualify row_number() over (partition by cohort_id, mentee_application_id, mentor_application_id order by revision desc) = 1
"""
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
        cast(entry ->> '$.minimum' as double) as minimum,
        cast(entry ->> '$.maximum' as double) as maximum,
        cast(entry ->> '$.max_hours' as double) as max_hours,
        coalesce(entry ->> '$.side', 'mentee') as side,
        entry ->> '$.column' as judged_column,
        from_json(entry -> '$.values', '["VARCHAR"]') as admitted
    from declared
"""
CURRENT_STATES = """
    create or replace temp view current_states as
    select person_key, manager_person_key, level_rank, department, location from marts.job_states
    where valid_from <= (select as_of_date from raw_registry.workspace)
        and (valid_to is null or valid_to > (select as_of_date from raw_registry.workspace))
    qualify row_number() over (partition by person_key order by valid_from desc) = 1
"""
FACTS = """
    create or replace temp view facts as
    select persons.person_key, offsets.utc_offset_hours, states.department, states.location, states.level_rank
    from marts.persons as persons
    left join offsets on persons.home_tz = offsets.home_tz
    left join current_states as states on persons.person_key = states.person_key
"""


def broken_rules(warehouse: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rule to the number of proposed pairs that break it."""
    warehouse.execute(CURRENT_STATES)
    for view in (POLICIES, DECIDED_SEATS, DECIDED_PAIRS):
        warehouse.execute(view)
    _write_offsets(warehouse)
    warehouse.execute(FACTS)
    return {rule: int(warehouse.execute(query).fetchall()[0][0]) for rule, query in RECOUNTS.items()}


def _write_offsets(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Temporary table offsets: home_tz, utc_offset_hours at noon of the day that everything is counted on; zones that don't exist are left out."""
    warehouse.execute("create or replace temp table offsets (home_tz varchar, utc_offset_hours double)")
    days = warehouse.execute("select as_of_date from raw_registry.workspace").fetchall()
    zones = warehouse.execute("select distinct home_tz from marts.persons where home_tz is not null").fetchall()
    for (day,) in days:
        for (name,) in zones:
            zone = zone_or_none(name)
            if zone is None:
                continue
            noon = datetime.combine(day, time(12), zone)
            hours = (noon.replace(tzinfo=UTC) - noon).total_seconds() / 3600
            warehouse.execute("insert into offsets values (?, ?)", [name, hours])


@dg.asset_check(asset=["analytics", "match_pairs"], name="no_hard_rule_is_broken", blocking=True)
def no_hard_rule_is_broken() -> dg.AssetCheckResult:
    """Violations of each rule, recounted: all 0."""
    with connect(settings().warehouse) as warehouse:
        broken = broken_rules(warehouse)
    return dg.AssetCheckResult(passed=not any(broken.values()), metadata=dict(broken))


@dg.asset_check(asset=["analytics", "match_runs"], name="the_optimum_is_proven", blocking=True)
def the_optimum_is_proven() -> dg.AssetCheckResult:
    """The gap between the total and its proven upper bound is at most one millionth."""
    with connect(settings().warehouse) as warehouse:
        widest = warehouse.execute("select coalesce(max(gap), 0) from analytics.match_runs").fetchall()[0][0]
    return dg.AssetCheckResult(passed=widest <= 1e-6, metadata={"widest_gap": float(widest)})


@dg.asset_check(asset=["analytics", "match_group_audit"], name="no_group_falls_under_four_fifths")
def no_group_falls_under_four_fifths() -> dg.AssetCheckResult:
    """A group whose coverage or mean score is under four fifths of its reference group's: a sign to look, never a reason to stop."""
    with connect(settings().warehouse) as warehouse:
        flagged = warehouse.execute(
            "select cohort_id, attribute, count(*) from analytics.match_group_audit where fails_four_fifths group by all order by all"
        ).fetchall()
    return dg.AssetCheckResult(
        passed=not flagged,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"flagged": [f"{cohort} {attribute}: {groups} group(s)" for cohort, attribute, groups in flagged]},
    )
