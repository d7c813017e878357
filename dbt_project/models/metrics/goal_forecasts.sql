-- One row per SMART goal whose metric has monthly values: where it may stand on the due day. The last value, give or take the largest change over as many
-- months that was seen before; and how often that held, begun anew at each past month. A straight line through the last months, which it replaces, covered 50
-- to 83 % of what came.

with

goals as (
    select * from {{ ref('programme_goals') }}
),

metric_values as (
    select * from {{ ref('metric_values') }}
),

monthly_values as (
    select
        goals.goal_id,
        goals.due_date,
        metric_values.value,
        {{ month_number('metric_values.period_start') }} as month
    from goals
    inner join metric_values
        on
            goals.metric_id = metric_values.metric_id
            and goals.segment_kind = metric_values.segment_kind
            and goals.segment_value = metric_values.segment_value
            and metric_values.cohort_id = 'all'
            and metric_values.period_kind = 'month'
            and metric_values.value is not null
            and metric_values.programme_id in (goals.programme_id, 'organisation')
    qualify rank() over (
        partition by goals.goal_id order by case when metric_values.programme_id = 'organisation' then 1 else 0 end
    ) = 1
),

last_values as (
    select
        goal_id,
        max(month) as month,
        max_by(value, month) as value,
        {{ month_number('any_value(due_date)') }} - max(month) as months_ahead
    from monthly_values
    group by goal_id
),

changes as (
    select
        earlier.goal_id,
        earlier.month as origin,
        last_values.months_ahead,
        abs(later.value - earlier.value) as change
    from monthly_values as earlier
    inner join last_values on earlier.goal_id = last_values.goal_id
    inner join monthly_values as later
        on
            earlier.goal_id = later.goal_id
            and earlier.month + last_values.months_ahead = later.month
    where last_values.months_ahead >= 1
),

forecasts_tried as (
    select
        tried.goal_id,
        tried.origin,
        tried.change <= max(known.change) as is_covered
    from changes as tried
    inner join changes as known
        on
            tried.goal_id = known.goal_id
            -- only changes that were complete when the forecast would have been made
            and known.origin + known.months_ahead <= tried.origin
    group by tried.goal_id, tried.origin, tried.change
    having count(*) >= {{ var('forecast_known_changes') }}
),

backtests as (
    select
        goal_id,
        count(*) as trials,
        avg(case when is_covered then 1.0 else 0.0 end) as coverage
    from forecasts_tried
    group by goal_id
),

widths as (
    select
        goal_id,
        max(change) as half_width
    from changes
    group by goal_id
),

final as (
    select
        last_values.goal_id,
        last_values.value as forecast_value,
        widths.half_width,
        cast(last_values.months_ahead as integer) as months_ahead,
        coalesce(backtests.trials, 0) as trials,
        cast(backtests.coverage as double) as coverage
    from last_values
    left join widths on last_values.goal_id = widths.goal_id
    left join backtests on last_values.goal_id = backtests.goal_id
)

select * from final
