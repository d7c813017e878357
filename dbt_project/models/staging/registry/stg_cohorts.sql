with

source as (
    select * from {{ source('raw_registry', 'cohorts') }}
),

final as (
    select
        cohort_id,
        programme_id,
        name,
        roster_date,
        application_opens_date,
        application_closes_date,
        start_date,
        end_date,
        capacity_mentees,
        capacity_mentors,
        assignment_rule,
        status,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
