with

source as (
    select * from {{ source('raw_demographics', 'person_demographics') }}
),

final as (
    select
        person_id,
        attribute,
        value,
        valid_from,
        collected_basis,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
