with

source as (
    select * from {{ source('raw_registry', 'goals') }}
),

final as (
    select
        goal_id,
        pair_id,
        owner_person_id,
        category,
        created_date,
        due_date,
        status,
        progress_pct,
        attainment_level,
        weight,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
