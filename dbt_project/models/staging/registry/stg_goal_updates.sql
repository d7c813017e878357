with

source as (
    select * from {{ source('raw_registry', 'goal_updates') }}
),

final as (
    select
        goal_id,
        updated_at,
        {{ local_date('updated_at', 'recorded_tz') }} as updated_date,
        progress_pct,
        attainment_level,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
