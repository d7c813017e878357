with

source as (
    select * from {{ source('raw_people', 'person_measures') }}
),

final as (
    select
        person_id,
        measure,
        measured_on,
        known_on,
        value,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
