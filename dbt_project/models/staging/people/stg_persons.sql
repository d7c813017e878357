with

source as (
    select * from {{ source('raw_people', 'persons') }}
),

final as (
    select
        person_id,
        person_kind,
        status,
        original_hire_date,
        latest_hire_date,
        termination_date,
        home_tz,
        country,
        languages,
        class_year,
        degree,
        consent_analytics,
        source_system,
        source_instance,
        extracted_at,
        source_updated_at,
        load_id
    from source
    where not is_deleted
)

select * from final
