-- One row per SMART goal: where its metric is now, where it should be by now (a straight line from baseline to target), and the status by interval and date.

{% set readings = metric_readings() %}
{% set sign = "case when direction = 'increase' then 1.0 else -1.0 end" %}

with

goals as (
    select * from {{ ref('programme_goals') }}
),

metric_values as (
    select * from {{ ref('metric_values') }}
),

goal_forecasts as (
    select * from {{ ref('goal_forecasts') }}
),

workspace as (
    select * from {{ ref('stg_workspace') }}
),

months as (
    select
        period_start,
        period_end
    from {{ ref('int_periods') }}
    where period_kind = 'month'
),

readings_declared (metric_id, reading) as (
    values
    {% for metric_id, reading in readings %}
        ('{{ metric_id }}', '{{ reading }}'){{ ',' if not loop.last }}
    {% endfor %}
),

goals_read as (
    select
        goals.*,
        coalesce(goals.measured, readings_declared.reading, 'to_date') as reading
    from goals
    left join readings_declared on goals.metric_id = readings_declared.metric_id
),

-- by goal the last month that is over, or was by the due date: what comes after it neither earns a goal nor spoils it
last_months as (
    select
        goals.goal_id,
        max(months.period_start) as period_start
    from goals
    inner join months on goals.due_date >= months.period_end
    group by goals.goal_id
),

-- the programme's own figure goes before the organisation's; of months the last complete one, or the last in which anybody answered, none after the due date
current_values as (
    select
        goals.goal_id,
        goals.reading,
        metric_values.programme_id as measured_on,
        {{ number_or_null('metric_values.value') }} as value,
        {{ number_or_null('metric_values.ci_low') }} as ci_low,
        {{ number_or_null('metric_values.ci_high') }} as ci_high,
        metric_values.n_people,
        metric_values.unit,
        metric_values.suppression_reason,
        metric_values.period_kind,
        metric_values.period_start,
        metric_values.period_end
    from goals_read as goals
    left join last_months on goals.goal_id = last_months.goal_id
    inner join metric_values
        on
            goals.metric_id = metric_values.metric_id
            and metric_values.programme_id in (goals.programme_id, 'organisation')
            and metric_values.cohort_id = 'all'
            and goals.segment_kind = metric_values.segment_kind
            and goals.segment_value = metric_values.segment_value
            and metric_values.period_kind = case when goals.reading = 'to_date' then 'to_date' else 'month' end
            and (goals.reading = 'to_date' or metric_values.period_end <= goals.due_date)
            and (goals.reading != 'last_month' or metric_values.period_start = last_months.period_start)
    qualify row_number() over (
        partition by goals.goal_id
        order by
            case when metric_values.programme_id = 'organisation' then 1 else 0 end,
            metric_values.value is null,
            metric_values.period_start desc
    ) = 1
),

-- baseline and target in the metric's own unit: a share is between 0 and 1 there, whatever the goal was written in; points more than 0.4 are more than 40 %
goals_in_the_metrics_unit as (
    select
        goals.*,
        coalesce(current_values.unit, goals.unit) as metric_unit,
        case
            when goals.unit in ('points', 'percentage_points') and goals.baseline > 0 and goals.baseline < 1 then 1.0
            when
                current_values.unit = 'share'
                and (goals.unit in ('percent', 'points', 'percentage_points') or goals.baseline > 1) then 0.01
            else 1.0
        end as scale
    from goals_read as goals
    left join current_values on goals.goal_id = current_values.goal_id
),

targets_set as (
    select
        * exclude (baseline),
        baseline * scale as baseline,
        case
            -- 20 percent more of what was there, or less where down is better; of nothing there is no share
            when unit = 'relative_percent' and baseline != 0
                then baseline * scale + {{ sign }} * abs(baseline) * scale * abs(target) / 100.0
            when unit = 'relative_percent' then cast(null as double)
            when unit in ('points', 'percentage_points')
                then baseline * scale + {{ sign }} * abs(target) * case when metric_unit = 'share' then 0.01 else 1.0 end
            else target * scale
        end as target_value,
        case when direction = 'increase' then 1.0 else -1.0 end as sign
    from goals_in_the_metrics_unit
),

-- within what is possible: a share stays between 0 and 1, a count or a rate of events doesn't fall under 0; without width nothing is forecast
forecasts_bounded as (
    select
        targets_set.goal_id,
        goal_forecasts.forecast_value,
        case
            when targets_set.metric_unit in {{ units_from_zero() }}
                then greatest(0.0, goal_forecasts.forecast_value - goal_forecasts.half_width)
            else goal_forecasts.forecast_value - goal_forecasts.half_width
        end as forecast_low,
        case
            when targets_set.metric_unit = 'share' then least(1.0, goal_forecasts.forecast_value + goal_forecasts.half_width)
            else goal_forecasts.forecast_value + goal_forecasts.half_width
        end as forecast_high
    from targets_set
    inner join goal_forecasts on targets_set.goal_id = goal_forecasts.goal_id
    where
        goal_forecasts.half_width > 0
        and goal_forecasts.trials >= {{ var('forecast_trials') }}
        and goal_forecasts.coverage >= {{ var('forecast_coverage') }}
        and targets_set.reading != 'to_date'
),

positions_compared as (
    select
        targets_set.*,
        current_values.value as current_value,
        current_values.ci_low,
        current_values.ci_high,
        current_values.n_people,
        current_values.suppression_reason,
        current_values.measured_on,
        current_values.period_kind as measured_by,
        current_values.period_start as measured_from,
        current_values.period_end as measured_to,
        current_values.goal_id is not null as is_measured,
        forecasts_bounded.forecast_value,
        forecasts_bounded.forecast_low,
        forecasts_bounded.forecast_high,
        workspace.as_of_date,
        targets_set.baseline + (targets_set.target_value - targets_set.baseline) * greatest(
            0.0,
            least(
                1.0,
                cast({{ dbt.datediff('targets_set.start_date', 'workspace.as_of_date', 'day') }} as double)
                / nullif({{ dbt.datediff('targets_set.start_date', 'targets_set.due_date', 'day') }}, 0)
            )
        ) as expected_now
    from targets_set
    left join current_values on targets_set.goal_id = current_values.goal_id
    left join forecasts_bounded on targets_set.goal_id = forecasts_bounded.goal_id
    cross join workspace
),

-- turned so that more is better
positions_turned as (
    select
        *,
        coalesce(
            (reading = 'last_month' and measured_from < start_date) or (reading = 'last_wave' and measured_to < start_date), false
        ) as is_too_early,
        reading = 'to_date' and {{ dbt.datediff('due_date', 'as_of_date', 'day') }} > {{ var('goal_grace_days') }} as is_judged_too_late,
        sign * current_value as now_turned,
        coalesce(case when sign > 0 then ci_low else -ci_high end, sign * current_value) as worst_turned,
        coalesce(case when sign > 0 then ci_high else -ci_low end, sign * current_value) as best_turned,
        sign * target_value as target_turned,
        sign * expected_now as expected_turned
    from positions_compared
),

goals_judged as (
    select
        *,
        case
            when not is_measured and due_date < as_of_date then 'The metric has no value of a month that was over by the due date.'
            when not is_measured then 'The metric has no value for this programme and segment yet.'
            when current_value is null then 'The metric is not shown: ' || coalesce(suppression_reason, 'no value') || '.'
            when target_value is null then 'The baseline is 0, and of nothing there is no share: state the target itself.'
            when due_date < start_date then 'The due date lies before the day on which the goal began.'
            when start_date > as_of_date then 'The goal has not begun.'
            when is_too_early then 'Too early: no complete month has passed since the goal began.'
            when is_judged_too_late
                then
                    'The value counts what came after the due date too, so that it can no longer be said how things stood by then: reports of that time do. '
                    || 'To be judged by the month, a goal says `measured: last_month`.'
            when worst_turned >= target_turned then 'The whole 95 % interval is at or beyond the target.'
            when now_turned >= target_turned then 'The value is at or beyond the target; its 95 % interval reaches short of it.'
            when due_date <= as_of_date and best_turned < target_turned
                then 'The due date has passed, and the whole 95 % interval is short of the target.'
            when due_date <= as_of_date then 'The due date has passed; the value is short of the target, but its 95 % interval holds it.'
            when now_turned >= expected_turned then 'The value is where it should be by now.'
            when best_turned >= expected_turned
                then 'The value is behind where it should be by now; its 95 % interval holds that.'
            else 'The whole 95 % interval is behind where it should be by now.'
        end as status_reason
    from positions_turned
),

statuses_named as (
    select
        *,
        case
            when
                not is_measured
                or current_value is null
                or target_value is null
                or due_date < start_date
                or start_date > as_of_date
                or is_too_early
                or is_judged_too_late
                then 'cannot_tell'
            when worst_turned >= target_turned then 'achieved'
            when now_turned >= target_turned then 'achieved_within_margin'
            when due_date <= as_of_date and best_turned < target_turned then 'missed'
            when due_date <= as_of_date then 'cannot_tell'
            when now_turned >= expected_turned then 'on_track'
            when best_turned >= expected_turned then 'at_risk'
            else 'off_track'
        end as status
    from goals_judged
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
        round(target_value, 10) as target_value,
        metric_unit as unit,
        direction,
        start_date,
        due_date,
        owner,
        current_value,
        ci_low,
        ci_high,
        n_people,
        measured_on,
        measured_by,
        measured_from,
        measured_to,
        round(coalesce(expected_now, baseline), 10) as expected_now,
        round(forecast_value, 10) as forecast_value,
        round(forecast_low, 10) as forecast_low,
        round(forecast_high, 10) as forecast_high,
        status,
        status_reason
    from statuses_named
)

select * from final
