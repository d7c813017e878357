with

source as (
    select * from {{ source('raw_people', 'productivity_readings') }}
),

final as (
    select
        person_id,
        measure,
        observed_on,
        value,
        threshold,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
