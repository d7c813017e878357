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
}
CURRENT_STATES = """
    create or replace temp view current_states as
    select person_key, manager_person_key from marts.job_states
    where valid_from <= (select as_of_date from raw_registry.workspace)
        and (valid_to is null or valid_to > (select as_of_date from raw_registry.workspace))
    qualify row_number() over (partition by person_key order by valid_from desc) = 1
"""


@dg.asset_check(asset=["analytics", "match_pairs"], name="no_hard_rule_is_broken", blocking=True)
def no_hard_rule_is_broken() -> dg.AssetCheckResult:
    """Violations of each rule, recounted: all 0."""
    with connect(settings().warehouse) as warehouse:
        warehouse.execute(CURRENT_STATES)
        broken = {rule: int(warehouse.execute(query).fetchall()[0][0]) for rule, query in RECOUNTS.items()}
    return dg.AssetCheckResult(passed=not any(broken.values()), metadata=dict(broken))


@dg.asset_check(asset=["analytics", "match_runs"], name="the_optimum_is_proven", blocking=True)
def the_optimum_is_proven() -> dg.AssetCheckResult:
    """The gap between the total and its proven upper bound is at most one millionth."""
    with connect(settings().warehouse) as warehouse:
        widest = warehouse.execute("select coalesce(max(gap), 0) from analytics.match_runs").fetchall()[0][0]
    return dg.AssetCheckResult(passed=widest <= 1e-6, metadata={"widest_gap": float(widest)})
