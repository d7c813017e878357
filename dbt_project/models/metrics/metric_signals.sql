-- Did the last month differ by more than months do anyway? One row per metric that stands for its own month, programme and cohort, where the last complete
-- month has a value: the value, and the limits of the months before it: of counts where the metric counts (macro count_limits), else natural process limits.
-- Metrics that look back over a year or count up to a day are left out: their months overlap, so neighbours are alike and limits from moving ranges would be
-- far too narrow.

with

monthly_values as (
    select
        metric_id,
        programme_id,
        cohort_id,
        period_start,
        period_end,
        unit,
        definition_version,
        n_people,
        value,
        -- sums of scores aren't counts
        case when numerator = round(numerator) then numerator end as numerator,
        denominator,
        {{ month_number('period_start') }} as month_index
    from {{ ref('metric_values') }}
    where
        period_kind = 'month'
        and segment_kind = 'all'
        and value is not null
        and metric_id in ('{{ metrics_of_own_months() | join("', '") }}')
),

last_month as (
    select max(period_start) as period_start
    from {{ ref('int_periods') }}
    where period_kind = 'month'
),

{{ process_limits('monthly_values', ['metric_id', 'programme_id', 'cohort_id']) }},

{{ count_limits('monthly_values', ['metric_id', 'programme_id', 'cohort_id']) }},

months_judged as (
    select
        judged.* exclude (baseline_months, baseline_mean, limit_low, limit_high),
        counted.signal as counted_signal,
        counted.rule as counted_rule,
        coalesce(counted.baseline_months, judged.baseline_months) as baseline_months,
        coalesce(counted.baseline_mean, judged.baseline_mean) as baseline_mean,
        coalesce(counted.limit_low, judged.limit_low) as limit_low,
        coalesce(counted.limit_high, judged.limit_high) as limit_high,
        monthly_values.period_start,
        monthly_values.period_end,
        monthly_values.unit,
        monthly_values.definition_version,
        monthly_values.n_people,
        case
            when counted.signal is not null then null
            when judged.baseline_months < {{ var('process_baseline_months') }} then 'fewer than {{ var("process_baseline_months") }} months in a row before it'
            when judged.limit_low is null then 'the months before it do not differ'
        end as no_limits_reason
    from judged
    inner join monthly_values
        on
            judged.metric_id = monthly_values.metric_id
            and judged.programme_id = monthly_values.programme_id
            and judged.cohort_id = monthly_values.cohort_id
            and judged.month_index = monthly_values.month_index
    left join counted
        on
            judged.metric_id = counted.metric_id
            and judged.programme_id = counted.programme_id
            and judged.cohort_id = counted.cohort_id
            and judged.month_index = counted.month_index
    inner join last_month on monthly_values.period_start = last_month.period_start
),

final as (
    select
        metric_id,
        definition_version,
        programme_id,
        cohort_id,
        period_start,
        period_end,
        round(value, 10) as value,
        cast(n_people as bigint) as n_people,
        unit,
        cast(baseline_months as bigint) as baseline_months,
        round(baseline_mean, 10) as baseline_mean,
        round(mean_moving_range, 10) as mean_moving_range,
        -- none of these falls below zero, and no share that counts people over people rises above one
        case when limit_low is not null then greatest(round(limit_low, 10), 0.0) end as limit_low,
        case
            when limit_high > 1 and unit = 'share' and value <= 1 then 1.0
            else round(limit_high, 10)
        end as limit_high,
        case
            when counted_signal is not null then counted_signal
            when limit_low is null then 'cannot_tell'
            when value > limit_high then 'above'
            when value < limit_low then 'below'
            else 'within'
        end as signal,
        case
            when counted_signal is not null then counted_rule
            when value > limit_high or value < limit_low then 'beyond_a_limit'
        end as rule,
        no_limits_reason
    from months_judged
)

select * from final
