-- One row per programme that declares outcomes, employment spell and month: the record in which a target trial is nested. `is_eligible` says whether the
-- person met the programme's rule on the month's first day, in a month in which the programme took somebody in (other than by randomisation). Everything that
-- serves as a covariate was known before that day; `level_known_month` proves it.

with

employment_months as (
    select * from {{ ref('int_employment_months') }}
),

programmes as (
    select * from {{ ref('stg_programmes') }}
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

ramp_ups as (
    select * from {{ ref('int_ramp_ups') }}
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

intake_months as (
    select
        programme_id,
        {{ month_number('began_date') }} as month,
        count(*) as starts
    from starts
    where not is_by_lot
    group by all
),

first_months as (
    select
        programme_id,
        min(month) as month
    from intake_months
    group by programme_id
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

people_asked_for as (
    select
        declared.programme_id,
        employment_months.*,
        declared.min_tenure_days,
        declared.max_tenure_days,
        declared.min_level_rank,
        declared.max_level_rank,
        declared.population_source_instance is null or people_of_sources.person_key is not null as is_in_source
    from declared
    inner join first_months on declared.programme_id = first_months.programme_id
    inner join employment_months on first_months.month <= employment_months.month
    left join people_of_sources
        on
            declared.population_source_instance = people_of_sources.source_instance
            and employment_months.person_key = people_of_sources.person_key
),

final as (
    select
        people.programme_id,
        people.person_key,
        people.spell_key,
        people.month,
        people.month_start,
        coalesce(
            people.is_in_source
            and intake_months.month is not null
            and (people.min_tenure_days is null or people.tenure_days >= people.min_tenure_days)
            and (people.max_tenure_days is null or people.tenure_days <= people.max_tenure_days)
            and (people.min_level_rank is null or people.level_rank >= people.min_level_rank)
            and (people.max_level_rank is null or people.level_rank <= people.max_level_rank),
            false
        ) as is_eligible,
        cast(people.tenure_days / {{ days_per_month() }} as double) as tenure_months,
        cast(people.level_rank as double) as level_rank,
        people.level_known_month,
        people.business_unit,
        people.department,
        people.leaves,
        people.end_kind,
        people.is_promoted,
        {{ month_number('starts.began_date') }} as start_month,
        starts.cohort_id,
        coalesce(starts.is_by_lot, false) as is_by_lot,
        {{ month_of_change('ramp_ups.ramped_up_date') }} as ramped_month,
        {{ month_number('ramp_ups.last_reading_date') }} as last_reading_month,
        {{ month_number('unmatched.others_began_date') }} as refused_month
    from people_asked_for as people
    left join intake_months
        on
            people.programme_id = intake_months.programme_id
            and people.month = intake_months.month
    left join starts
        on
            people.programme_id = starts.programme_id
            and people.person_key = starts.person_key
    left join unmatched
        on
            people.programme_id = unmatched.programme_id
            and people.person_key = unmatched.person_key
    left join ramp_ups
        on
            people.person_key = ramp_ups.person_key
            and {{ dbt.datediff('ramp_ups.hire_date', 'people.month_start', 'day') }} = people.tenure_days
)

select * from final
