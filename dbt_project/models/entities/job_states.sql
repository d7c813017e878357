-- One row per person and state of the job, half-open, without overlaps.

with

job_states as (
    select * from {{ ref('int_job_states') }}
),

final as (
    select
        person_key,
        valid_from,
        valid_to,
        job_title,
        job_family,
        level,
        cast(level_rank as integer) as level_rank,
        is_leadership,
        department,
        business_unit,
        location,
        manager_person_key,
        employment_type,
        fte,
        change_action,
        change_action_basis
    from job_states
)

select * from final
