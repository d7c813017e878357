with

source as (
    select * from {{ source('raw_registry', 'milestones') }}
),

final as (
    select
        pair_id,
        milestone,
        due_date,
        done_date,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
