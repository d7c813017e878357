-- One row per goal and moment at which it was looked at again: as a source lists it, or as a form was answered.

with

listed as (
    select * from {{ ref('stg_goal_updates') }}
),

goal_answers as (
    select * from {{ ref('int_form_goal_answers') }}
),

answered as (
    select
        goal_id,
        submitted_at as updated_at,
        submitted_date as updated_date,
        max(case when part = 'progress' then value_num end) as progress_pct,
        max(case when part = 'attainment' then value_num end) as attainment_level
    from goal_answers
    where part in ('progress', 'attainment')
    group by goal_id, submitted_at, submitted_date
),

final as (
    select
        goal_id,
        updated_at,
        updated_date,
        progress_pct,
        attainment_level
    from listed
    union all
    select
        goal_id,
        updated_at,
        updated_date,
        progress_pct,
        cast(attainment_level as integer) as attainment_level
    from answered
)

select * from final
