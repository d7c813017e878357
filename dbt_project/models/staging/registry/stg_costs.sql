with

source as (
    select * from {{ source('raw_registry', 'costs') }}
),

final as (
    select
        programme_id,
        item,
        incurred_date,
        amount,
        currency,
        hours,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
