with

source as (
    select * from {{ source('raw_people', 'person_identifiers') }}
),

final as (
    select
        person_id,
        id_type,
        id_value,
        valid_from,
        valid_to,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
