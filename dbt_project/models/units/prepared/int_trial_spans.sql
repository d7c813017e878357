-- One row per programme that declares outcomes and span of an employment spell since its first intake: the months in which the person met the
-- programme's rule, and whether the person could ever have begun, began, or asked in vain. Of the others only their number matters.

with

employment_spans as (
    select * from {{ ref('int_employment_spans') }}
),

programmes as (
    select * from {{ ref('stg_programmes') }}
),

intakes as (
    select * from {{ ref('trial_intakes') }}
),

persons as (
    select * from {{ ref('stg_persons') }}
),

resolved as (
    select * from {{ ref('int_persons_resolved') }}
),

starts as (
    select * from {{ ref('int_mentoring_starts') }}
),

unmatched as (
    select * from {{ ref('int_unmatched_applicants') }}
),

declared as (
    select
        programme_id,
        population_source_instance,
        coalesce(cast(json_extract_string(impact_declaration, '$.comparison.min_tenure_days') as integer), population_min_tenure_days) as min_tenure_days,
        coalesce(cast(json_extract_string(impact_declaration, '$.comparison.max_tenure_days') as integer), population_max_tenure_days) as max_tenure_days,
        population_min_level_rank as min_level_rank,
        population_max_level_rank as max_level_rank
    from programmes
    where
        impact_declaration is not null
        and population_person_kind = 'employee'
),

first_intakes as (
    select
        programme_id,
        min(month) as month
    from intakes
    group by programme_id
),

intakes_after_another as (
    select
        programme_id,
        month,
        lag(month) over (partition by programme_id order by month) as intake_before
    from intakes
),

people_of_sources as (
    select distinct
        persons.source_instance,
        resolved.person_key
    from persons
    inner join resolved
        on
            persons.source_instance = resolved.source_instance
            and persons.person_id = resolved.person_id
),

spans_asked_for as (
    select
        declared.programme_id,
        spans.person_key,
        spans.spell_key,
        spans.hired_date,
        greatest(spans.first_month, first_intakes.month) as first_month,
        spans.last_month,
        spans.leaving_month,
        spans.end_kind,
        spans.level_rank,
        spans.level_known_month,
        coalesce(
            (declared.population_source_instance is null or people_of_sources.person_key is not null)
            and (declared.min_level_rank is null or spans.level_rank >= declared.min_level_rank)
            and (declared.max_level_rank is null or spans.level_rank <= declared.max_level_rank),
            false
        ) as is_of_the_population,
        coalesce(
            {{ month_from(dbt.dateadd('day', 'declared.min_tenure_days', 'spans.hired_date')) }}, spans.first_month
        ) as tenure_from,
        coalesce(
            {{ month_number(dbt.dateadd('day', 'declared.max_tenure_days', 'spans.hired_date')) }}, spans.last_month
        ) as tenure_until
    from declared
    inner join first_intakes on declared.programme_id = first_intakes.programme_id
    inner join employment_spans as spans on first_intakes.month <= spans.last_month
    left join people_of_sources
        on
            declared.population_source_instance = people_of_sources.source_instance
            and spans.person_key = people_of_sources.person_key
),

months_of_the_rule as (
    select
        *,
        case when is_of_the_population then greatest(first_month, tenure_from) end as eligible_from,
        case when is_of_the_population then least(last_month, tenure_until) end as eligible_until
    from spans_asked_for
),

spans_with_an_intake as (
    select
        spans.programme_id,
        spans.person_key
    from months_of_the_rule as spans
    inner join intakes_after_another as intakes
        on
            spans.programme_id = intakes.programme_id
            and spans.eligible_from <= intakes.month
            and spans.eligible_from > coalesce(intakes.intake_before, -1)
            and spans.eligible_until >= intakes.month
),

people_in_question as (
    select
        programme_id,
        person_key
    from spans_with_an_intake
    union
    select
        programme_id,
        person_key
    from starts
    union
    select
        programme_id,
        person_key
    from unmatched
),

final as (
    select
        spans.programme_id,
        spans.person_key,
        spans.spell_key,
        spans.hired_date,
        spans.first_month,
        spans.last_month,
        spans.leaving_month,
        spans.end_kind,
        spans.level_rank,
        spans.level_known_month,
        case when spans.eligible_from <= spans.eligible_until then spans.eligible_from end as eligible_from,
        case when spans.eligible_from <= spans.eligible_until then spans.eligible_until end as eligible_until,
        people.person_key is not null as is_in_question
    from months_of_the_rule as spans
    left join people_in_question as people
        on
            spans.programme_id = people.programme_id
            and spans.person_key = people.person_key
)

select * from final
