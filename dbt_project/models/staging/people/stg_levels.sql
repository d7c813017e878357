with

source as (
    select * from {{ source('raw_people', 'levels') }}
),

final as (
    select
        level,
        level_rank,
        is_leadership,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
