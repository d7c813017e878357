with

source as (
    select * from {{ source('raw_registry', 'source_facts') }}
),

final as (
    select
        source_id,
        fact,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
