with

source as (
    select * from {{ source('raw_registry', 'applications') }}
),

final as (
    select
        application_id,
        programme_id,
        cohort_id,
        person_id,
        role_sought,
        submitted_at,
        decision,
        decided_at,
        {{ local_date('submitted_at', 'recorded_tz') }} as submitted_date,
        {{ local_date('decided_at', 'recorded_tz') }} as decided_date,
        capacity,
        assigned_arm,
        assignment_unit,
        assignment_stratum,
        source_instance,
        extracted_at,
        load_id,
        is_deleted
    from source
)

select * from final
