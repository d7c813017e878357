-- One row per SMART goal: where its metric is, where it should be by now (a straight line from baseline to target), and where it is heading by the due date
-- (a straight line through the last monthly values, with a 95 % prediction interval).

with

goals as (
    select * from {{ ref('programme_goals') }}
),

metric_values as (
    select * from {{ ref('metric_values') }}
),

quantiles as (
    select * from {{ ref('t_quantiles') }}
),

workspace as (
    select * from {{ ref('stg_workspace') }}
),

-- the programme's own figure goes before the organisation's
current_values as (
    select
        goals.goal_id,
        metric_values.programme_id as measured_on,
        metric_values.value,
        metric_values.ci_low,
        metric_values.ci_high,
        metric_values.n_people,
        metric_values.unit,
        metric_values.suppression_reason
    from goals
    inner join metric_values
        on
            goals.metric_id = metric_values.metric_id
            and metric_values.programme_id in (goals.programme_id, 'organisation')
            and metric_values.cohort_id = 'all'
            and goals.segment_kind = metric_values.segment_kind
            and goals.segment_value = metric_values.segment_value
            and metric_values.period_kind = 'to_date'
    qualify row_number() over (
        partition by goals.goal_id order by case when metric_values.programme_id = 'organisation' then 1 else 0 end
    ) = 1
),

-- baseline and target in the metric's own unit: a share is between 0 and 1 there, whatever the goal was written in
goals_in_the_metrics_unit as (
    select
        goals.*,
        coalesce(current_values.unit, goals.unit) as metric_unit,
        case
            when
                current_values.unit = 'share'
                and (goals.unit in ('percent', 'points', 'percentage_points') or goals.baseline > 1) then 0.01
            else 1.0
        end as scale
    from goals
    left join current_values on goals.goal_id = current_values.goal_id
),

targets_set as (
    select
        * exclude (baseline),
        baseline * scale as baseline,
        case
            -- 20 percent more of what was there, or less where down is better
            when unit = 'relative_percent'
                then baseline * scale * (1.0 + case when direction = 'increase' then 1.0 else -1.0 end * abs(target) / 100.0)
            -- points on a share are added to it; points of a score are the score
            when metric_unit = 'share' and unit in ('points', 'percentage_points')
                then baseline * scale + case when direction = 'increase' then 1.0 else -1.0 end * abs(target) / 100.0
            else target * scale
        end as target_value,
        case when direction = 'increase' then 1.0 else -1.0 end as sign
    from goals_in_the_metrics_unit
),

last_months as (
    select
        targets_set.goal_id,
        targets_set.start_date,
        targets_set.due_date,
        metric_values.value,
        cast({{ dbt.datediff('targets_set.start_date', 'metric_values.period_end', 'day') }} as double) as days,
        cast({{ dbt.datediff('targets_set.start_date', 'targets_set.due_date', 'day') }} as double) as days_due
    from targets_set
    inner join current_values on targets_set.goal_id = current_values.goal_id
    inner join metric_values
        on
            targets_set.metric_id = metric_values.metric_id
            and current_values.measured_on = metric_values.programme_id
            and metric_values.cohort_id = 'all'
            and targets_set.segment_kind = metric_values.segment_kind
            and targets_set.segment_value = metric_values.segment_value
            and metric_values.period_kind = 'month'
            and metric_values.value is not null
    qualify row_number() over (
        partition by targets_set.goal_id order by metric_values.period_end desc
    ) <= {{ var('forecast_months') }}
),

lines_fitted as (
    select
        goal_id,
        any_value(days_due) as days_due,
        count(*) as months,
        avg(days) as mean_days,
        regr_sxx(value, days) as days_squared,
        regr_slope(value, days) as slope,
        regr_intercept(value, days) as intercept,
        sqrt(
            greatest(regr_syy(value, days) - power(regr_sxy(value, days), 2) / nullif(regr_sxx(value, days), 0), 0.0)
            / nullif(count(*) - 2, 0)
        ) as residual_error
    from last_months
    group by goal_id
),

values_forecast as (
    select
        lines_fitted.goal_id,
        lines_fitted.months,
        lines_fitted.intercept + lines_fitted.slope * lines_fitted.days_due as forecast,
        {{ t_quantile('quantiles.t_975', '(lines_fitted.months - 2)') }} * lines_fitted.residual_error * sqrt(
            1.0
            + 1.0 / lines_fitted.months
            + power(lines_fitted.days_due - lines_fitted.mean_days, 2) / lines_fitted.days_squared
        ) as half_width
    from lines_fitted
    left join quantiles on lines_fitted.months - 2 = quantiles.degrees_of_freedom
    where lines_fitted.months >= {{ var('forecast_minimum_months') }}
),

-- a share stays between 0 and 1, a count or a duration does not fall under 0
forecasts_bounded as (
    select
        targets_set.goal_id,
        values_forecast.months,
        case
            when targets_set.metric_unit = 'share' then greatest(0.0, least(1.0, values_forecast.forecast))
            when targets_set.metric_unit in ('people', 'pairs', 'sessions', 'hours', 'days') then greatest(0.0, values_forecast.forecast)
            else values_forecast.forecast
        end as forecast_value,
        case
            when targets_set.metric_unit in ('share', 'people', 'pairs', 'sessions', 'hours', 'days')
                then greatest(0.0, values_forecast.forecast - values_forecast.half_width)
            else values_forecast.forecast - values_forecast.half_width
        end as forecast_low,
        case
            when targets_set.metric_unit = 'share' then least(1.0, values_forecast.forecast + values_forecast.half_width)
            else values_forecast.forecast + values_forecast.half_width
        end as forecast_high
    from targets_set
    inner join values_forecast on targets_set.goal_id = values_forecast.goal_id
),

positions_compared as (
    select
        targets_set.*,
        current_values.value as current_value,
        current_values.ci_low,
        current_values.ci_high,
        current_values.n_people,
        current_values.suppression_reason,
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

goals_judged as (
    select
        *,
        case
            when not is_measured then 'cannot_tell'
            when current_value is null then 'cannot_tell'
            when start_date > as_of_date then 'cannot_tell'
            when sign * (current_value - target_value) >= 0 then 'achieved'
            when due_date <= as_of_date then 'off_track'
            when forecast_value is null then 'cannot_tell'
            when metric_unit = 'share' and forecast_low <= 0 and forecast_high >= 1 then 'cannot_tell'
            when
                sign * (current_value - expected_now) >= 0
                and sign * (case when sign > 0 then forecast_high else forecast_low end - target_value) >= 0 then 'on_track'
            when
                sign * (current_value - expected_now) < 0
                and sign * (case when sign > 0 then forecast_high else forecast_low end - target_value) < 0 then 'off_track'
            else 'at_risk'
        end as status,
        case
            when not is_measured then 'The metric has no value for this programme and segment yet.'
            when current_value is null then 'The metric cannot be shown: ' || suppression_reason || '.'
            when start_date > as_of_date then 'The goal has not begun.'
            when sign * (current_value - target_value) >= 0 then 'The metric is at or beyond the target.'
            when due_date <= as_of_date then 'The due date has passed and the target was not reached.'
            when forecast_value is null
                then 'Fewer than {{ var("forecast_minimum_months") }} monthly values: no forecast can be made.'
            when metric_unit = 'share' and forecast_low <= 0 and forecast_high >= 1
                then 'The monthly values vary so much that the forecast covers everything from 0 to 100 per cent.'
            when
                sign * (current_value - expected_now) >= 0
                and sign * (case when sign > 0 then forecast_high else forecast_low end - target_value) >= 0
                then 'The metric is where it should be by now, and the target lies within the forecast.'
            when
                sign * (current_value - expected_now) < 0
                and sign * (case when sign > 0 then forecast_high else forecast_low end - target_value) < 0
                then 'The metric is behind where it should be by now, and even the better end of the forecast misses the target.'
            when sign * (current_value - expected_now) < 0
                then 'The metric is behind where it should be by now; the forecast does not rule the target out.'
            else 'The metric is where it should be by now, but the forecast misses the target.'
        end as status_reason
    from positions_compared
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
        target_value,
        metric_unit as unit,
        direction,
        start_date,
        due_date,
        owner,
        current_value,
        ci_low,
        ci_high,
        n_people,
        round(expected_now, 10) as expected_now,
        round(forecast_value, 10) as forecast_value,
        round(forecast_low, 10) as forecast_low,
        round(forecast_high, 10) as forecast_high,
        status,
        status_reason
    from goals_judged
)

select * from final
