with

source as (
    select * from {{ source('raw_registry', 'programme_goals') }}
),

final as (
    select
        goal_id,
        programme_id,
        statement,
        metric_id,
        segment_kind,
        segment_value,
        baseline,
        baseline_date,
        target,
        unit,
        direction,
        measured,
        achievable_because,
        relevant_to,
        start_date,
        due_date,
        owner,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
