{#
    Is the last month of a series more than routine variation? Natural process limits of the months before it, from their moving ranges (XmR chart; Wheeler 2000,
    Understanding Variation): mean +/- 2.66 x mean moving range.

    The baseline is the unbroken run of months right before the last one: a change counted over a gap isn't one from month to month. The month that is judged is not part
    of it, since its own value would widen the limits. No limits from fewer than `process_baseline_months` months, nor from months that don't differ at all.

    `series`: cell columns, month_index (whole months on any scale), value (never null). CTEs `<name>_runs`, `_ranges`, and `<name>` with one row per cell:
        month_index, value (of the last month), baseline_months, baseline_mean, mean_moving_range, limit_low, limit_high
#}
{% macro process_limits(series, cell, name='judged') -%}
{{ name }}_runs as (
    select
        *,
        month_index - row_number() over (partition by {{ cell | join(', ') }} order by month_index) as run,
        month_index = max(month_index) over (partition by {{ cell | join(', ') }}) as is_last
    from {{ series }}
),

{{ name }}_ranges as (
    select
        *,
        abs(value - lag(value) over (partition by {{ cell | join(', ') }}, run order by month_index)) as moving_range
    from {{ name }}_runs
),

{{ name }}_baselines as (
    select
        {{ cell | join(',\n        ') }},
        max(month_index) as month_index,
        max(value) filter (where is_last) as value,
        count(*) filter (where not is_last) as baseline_months,
        avg(value) filter (where not is_last) as baseline_mean,
        avg(moving_range) filter (where not is_last) as mean_moving_range
    from {{ name }}_ranges
    group by {{ cell | join(', ') }}, run
    having bool_or(is_last)
),

{{ name }} as (
    select
        *,
        case when {{ has_limits() }} then baseline_mean - 2.66 * mean_moving_range end as limit_low,
        case when {{ has_limits() }} then baseline_mean + 2.66 * mean_moving_range end as limit_high
    from {{ name }}_baselines
)
{%- endmacro %}

{% macro has_limits() -%}
    baseline_months >= {{ var('process_baseline_months') }} and mean_moving_range > 1e-9
{%- endmacro %}
