-- One row per person and uninterrupted employment or enrolment, half-open. The business unit is that of the last day.

with

spells as (
    select * from {{ ref('int_employment_spells_merged') }}
),

job_states as (
    select * from {{ ref('int_job_states') }}
),

last_days as (
    select
        *,
        least(
            coalesce(cast({{ dbt.dateadd('day', -1, 'end_date') }} as date), {{ as_of_date() }}),
            {{ as_of_date() }}
        ) as last_day
    from spells
),

final as (
    select
        last_days.person_key,
        last_days.spell_no,
        last_days.start_date,
        last_days.end_date,
        last_days.end_kind,
        coalesce(job_states.business_unit, 'unknown') as business_unit,
        last_days.source_spells
    from last_days
    left join job_states
        on
            last_days.person_key = job_states.person_key
            and job_states.valid_from <= last_days.last_day
            and coalesce(job_states.valid_to, {{ end_of_time() }}) > last_days.last_day
)

select * from final
