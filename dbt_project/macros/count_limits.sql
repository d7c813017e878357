{#
    Is the last month of a series of counts over opportunities more than chance? Where a metric counts (sessions over pair months, pairs over pairs), the spread that chance alone
    gives is known from the counts, and on a scale where it is the same everywhere a fall to nothing can be told: 2 sqrt(x + 3/8) for counts, the arcsine for shares
    (Anscombe 1948, Biometrika 35). Months that spread more than chance widen the limits (Laney 2002, Quality Engineering 14); none narrows them.

    Rules, each on the last month: beyond a limit; 3 months taken together beyond theirs, since a few pairs' single month can't be, or without any where several were expected; 2 of 3 in the outer third; 7 on one side whose sum is unlikely too; 7 in one direction. The plain rules alarm in a quarter of quiet
    years; the two constants (`count_limit`, `count_run_limit`) are set by simulation.

    `series`: cell columns, month_index, value, numerator, denominator, unit; rows without counts are for process_limits. CTE `name`, one row per cell: month_index, baseline_months,
        rate, limit_low, limit_high (in the metric's unit), signal (above, below, within), rule (null where within).
#}
{% macro count_limits(series, cell, name='counted') -%}
{{ name }}_runs as (
    select
        *,
        month_index - row_number() over (partition by {{ cell | join(', ') }} order by month_index) as run,
        row_number() over (partition by {{ cell | join(', ') }} order by month_index desc) as back
    from {{ series }}
    where numerator is not null and denominator > 0
),

{{ name }}_rates as (
    select
        *,
        sum(numerator) filter (where back > 1) over own_run / nullif(sum(denominator) filter (where back > 1) over own_run, 0) as rate,
        bool_and(numerator <= denominator and unit = 'share') over own_run as is_share,
        sum(value) over own_run / nullif(sum(numerator / denominator) over own_run, 0) as units_per_rate,
        sum(numerator) filter (where back <= 3) over own_run as recent,
        sum(denominator) filter (where back <= 3) over own_run as recent_of,
        sum(numerator) filter (where back > 3) over own_run / nullif(sum(denominator) filter (where back > 3) over own_run, 0) as earlier_rate,
        bool_or(back = 1) over own_run as is_judged
    from {{ name }}_runs
    window own_run as (partition by {{ cell | join(', ') }}, run)
),

{{ name }}_scores as (
    select
        *,
        {{ steady('numerator', 'denominator') }} - {{ steady('rate * denominator', 'denominator') }} as score
    from {{ name }}_rates
    where is_judged
),

{{ name }}_steps as (
    select
        *,
        score - lag(score) over (partition by {{ cell | join(', ') }} order by month_index) as step,
        value - lag(value) over (partition by {{ cell | join(', ') }} order by month_index) as change
    from {{ name }}_scores
),

{{ name }}_spreads as (
    select
        {{ cell | join(',\n        ') }},
        max(month_index) as month_index,
        any_value(rate) as rate,
        any_value(is_share) as is_share,
        coalesce(any_value(units_per_rate), 1) as units_per_rate,
        max(denominator) filter (where back = 1) as denominator,
        count(*) filter (where back > 1) as baseline_months,
        greatest(1, coalesce(avg(abs(step)) filter (where back > 1) / 1.128, 1), coalesce(stddev_samp(score) filter (where back > 1), 1)) as spread,
        greatest(1, coalesce(avg(abs(step)) filter (where back > 3) / 1.128, 1), coalesce(stddev_samp(score) filter (where back > 3), 1)) as earlier_spread,
        1 - var_pop(step) filter (where back > 3) / 2 / nullif(var_samp(score) filter (where back > 3), 0) as raw_likeness,
        max(score) filter (where back = 1) as score,
        any_value({{ steady('recent', 'recent_of') }} - {{ steady('earlier_rate * recent_of', 'recent_of') }}) as recent_score,
        coalesce(any_value(recent = 0 and earlier_rate * recent_of >= {{ var('silence_expected') }}), false) as is_silent,
        list(score order by back) as scores,
        list(change order by back) as changes
    from {{ name }}_steps
    group by {{ cell | join(', ') }}
),

{{ name }}_alike as (
    select
        *,
        -- months that chance alone spreads aren't alike; from a few months the autocorrelation comes out too low by about one over their number
        case when earlier_spread > 1 then least(0.7, greatest(0, raw_likeness + 1.0 / (baseline_months - 2))) else 0 end as likeness
    from {{ name }}_spreads
    where baseline_months >= {{ var('process_baseline_months') }}
),

{{ name }}_standard as (
    select
        *,
        {{ spreads_to_a_limit('spread', 'baseline_months') }} * spread * sqrt(1 + 1.0 / baseline_months) as half_width,
        {{ spreads_to_a_limit('earlier_spread', 'baseline_months - 2') }} * earlier_spread * sqrt((1 + 3.0 / (baseline_months - 2)) * {{ sum_spread(3) }}) as recent_half_width,
        sign(score) as side,
        {{ steady('rate * denominator', 'denominator') }} as middle
    from {{ name }}_alike
),

{{ name }}_ruled as (
    select
        *,
        case
            when side = 0 then null
            when abs(score) > half_width then 'beyond_a_limit'
            when side * recent_score > recent_half_width or is_silent then 'three_months_together'
            when
                side * score > half_width * 2 / 3
                and len(list_filter(scores[1:3], lambda x: side * x > half_width * 2 / 3)) >= 2
                then 'two_of_three'
            when
                len(list_filter(scores[1:7], lambda x: side * x > 0)) = 7
                and abs(list_sum(scores[1:7])) > {{ spreads_to_a_limit('spread', 'baseline_months', var('count_run_limit')) }} * spread * sqrt(7 * {{ sum_spread(7) }})
                then 'seven_on_one_side'
            when len(list_filter(changes[1:6], lambda x: side * x > 0)) = 6 then 'seven_in_one_direction'
        end as rule
    from {{ name }}_standard
),

{{ name }} as (
    select
        {{ cell | join(',\n        ') }},
        month_index,
        baseline_months,
        rate * units_per_rate as baseline_mean,
        units_per_rate * {{ steady_back('middle - half_width', 'denominator') }} as limit_low,
        units_per_rate * {{ steady_back('middle + half_width', 'denominator') }} as limit_high,
        case when rule is null then 'within' when side > 0 then 'above' else 'below' end as signal,
        rule
    from {{ name }}_ruled
)
{%- endmacro %}

{# A count (or a share's count) on the scale where chance spreads it by 1. #}
{% macro steady(count, of) -%}
case
    when is_share then 2 * sqrt({{ of }} + 0.5) * asin(sqrt(least(1, ({{ count }} + 0.375) / ({{ of }} + 0.75))))
    else 2 * sqrt({{ count }} + 0.375)
end
{%- endmacro %}

{# Back from that scale to a rate, within what is possible. #}
{% macro steady_back(score, of) -%}
greatest(0, case
    when is_share
        then least(1, (power(sin(least(pi() / 2, greatest(0, ({{ score }}) / (2 * sqrt({{ of }} + 0.5))))), 2) * ({{ of }} + 0.75) - 0.375) / {{ of }})
    else (power(greatest(0, {{ score }}) / 2, 2) - 0.375) / {{ of }}
end)
{%- endmacro %}

{# How much more than independent months the sum of `months` neighbours spreads, as a variance, where neighbours are alike by `likeness` (lag-1 autocorrelation). #}
{% macro sum_spread(months) -%}
(1{% for lag in range(1, months) %} + {{ 2 * (1 - lag / months) }} * power(likeness, {{ lag }}){% endfor %})
{%- endmacro %}

{# `count_limit`, and where the spread is estimated rather than chance's own, as much more as `months` few months ask for (Student's t, first term of its expansion). #}
{% macro spreads_to_a_limit(spread, months, limit=none) -%}
{%- set z = limit or var('count_limit') -%}
({{ z }} + case when {{ spread }} > 1 then ({{ z }} * {{ z }} * {{ z }} + {{ z }}) / 4.0 / ({{ months }} - 1) else 0 end)
{%- endmacro %}
