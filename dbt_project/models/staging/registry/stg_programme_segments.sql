with

source as (
    select * from {{ source('raw_registry', 'programme_segments') }}
),

final as (
    select
        programme_id,
        segment_kind,
        reason,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
