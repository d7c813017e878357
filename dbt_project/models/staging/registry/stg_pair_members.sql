with

source as (
    select * from {{ source('raw_registry', 'pair_members') }}
),

final as (
    select
        pair_id,
        person_id,
        role,
        joined_date,
        left_date,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
