-- Whatever is shown has an interval around it and people behind it; whatever is not says why; a share lies between 0 and 1.

with

metric_values as (
    select * from {{ ref('metric_values') }}
),

final as (
    select * from metric_values
    where
        is_suppressed != (value is null)
        or is_suppressed != (suppression_reason is not null)
        or (not is_suppressed and (ci_low is null or ci_high is null or n_people is null))
        or (not is_suppressed and interval_method != 'wilson of those followed' and (ci_low > value + 1e-9 or ci_high < value - 1e-9))
        or (
            unit = 'share'
            and interval_method in ('wilson', 'greenwood_log_log', 'aalen_johansen_log_log')
            and (value not between 0 and 1 or ci_low < -1e-9 or ci_high > 1 + 1e-9)
        )
)

select * from final
