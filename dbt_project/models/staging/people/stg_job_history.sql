with

source as (
    select * from {{ source('raw_people', 'job_history') }}
),

final as (
    select
        person_id,
        assignment_id,
        valid_from,
        valid_to,
        seq,
        job_title,
        job_code,
        job_family,
        level,
        level_rank,
        department,
        business_unit,
        location,
        manager_person_id,
        employment_type,
        fte,
        change_action,
        change_action_basis,
        known_from,
        {{ local_date('known_from', 'recorded_tz') }} as known_date,
        known_to,
        source_system,
        source_instance,
        extracted_at,
        source_updated_at,
        load_id
    from source
    where not is_deleted
)

select * from final
