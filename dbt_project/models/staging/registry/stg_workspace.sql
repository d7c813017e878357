with

source as (
    select * from {{ source('raw_registry', 'workspace') }}
),

final as (
    select
        workspace,
        as_of_date,
        min_group_size,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
