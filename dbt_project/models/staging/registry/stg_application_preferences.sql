with

source as (
    select * from {{ source('raw_registry', 'application_preferences') }}
),

final as (
    select
        application_id,
        kind,
        rank,
        value,
        weight,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
