-- One row per SMART goal of a programme.

with

programme_goals as (
    select * from {{ ref('stg_programme_goals') }}
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
        owner
    from programme_goals
)

select * from final
