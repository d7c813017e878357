{# The ends of metrics that wait for an event: shares at a horizon, and medians. Columns of `units`: see metric_rows.sql. #}

{#
    Share to whom nothing has happened `at_days` after the index day. Where nobody was followed that long there is no value; where nothing has happened to anybody, the
    log-log scale has no interval and Wilson's for those still followed at the horizon stands in.
#}
{% macro survival_rows(units, at_days, own_segment=none) %}
{{ horizon_rows(units, at_days, 'survival', own_segment) }}
{% endmacro %}

{# Share to whom the event has happened by `at_days`, with competing events. #}
{% macro incidence_rows(units, at_days, own_segment=none) %}
{{ horizon_rows(units, at_days, 'incidence', own_segment) }}
{% endmacro %}

{% macro horizon_rows(units, at_days, quantity, own_segment) %}
{% set cell = cell_columns() %}
{{ spread_over_cells(units, own_segment) }}
{{ survival_curve('units_spread_over_cells', cell) }},

people_followed as (
    select
        {{ cell | join(',\n        ') }},
        count(*) as denominator,
        count(*) filter (where days >= {{ at_days }}) as followed_to_the_end,
        count(*) filter (where event = 1 and days <= {{ at_days }}) as events,
        max(days) as longest_days,
        {{ people_counted() }} as n_people
    from units_spread_over_cells
    group by all
),

last_step_before_the_horizon as (
    select *
    from curve
    where days <= {{ at_days }}
    qualify row_number() over (partition by {{ cell | join(', ') }} order by days desc) = 1
),

cells_read as (
    select
        people.*,
        -- where nobody is left because everybody has had one event or the other, nothing can change any more
        people.longest_days >= {{ at_days }} or coalesce(step.survival, 1.0) < 1e-12 as is_followed,
        {% if quantity == 'survival' -%}
        coalesce(step.survival, 1.0) as estimate,
        coalesce(step.survival_se, 0.0) as std_error,
        people.denominator - people.events as numerator
        {%- else -%}
        coalesce(step.incidence, 0.0) as estimate,
        coalesce(step.incidence_se, 0.0) as std_error,
        people.events as numerator
        {%- endif %}
    from people_followed as people
    left join last_step_before_the_horizon as step
        on {{ same_cell('people', 'step') }}
),

cells_estimated as (
    select
        {{ cell | join(',\n        ') }},
        numerator,
        denominator,
        n_people,
        case when is_followed then estimate end as value,
        case
            when estimate > 0 and estimate < 1 then {{ log_log_limit('estimate', 'std_error', 'low') }}
            else {{ wilson_limit('estimate * greatest(followed_to_the_end, 1)', 'greatest(followed_to_the_end, 1)', 'low') }}
        end as ci_low,
        case
            when estimate > 0 and estimate < 1 then {{ log_log_limit('estimate', 'std_error', 'high') }}
            else {{ wilson_limit('estimate * greatest(followed_to_the_end, 1)', 'greatest(followed_to_the_end, 1)', 'high') }}
        end as ci_high,
        case when estimate > 0 and estimate < 1 then null else 'wilson of those followed' end as interval_method
    from cells_read
),

{{ finished_rows(['event', 'case when event > 0 then days end']) }}
{% endmacro %}

{#
    Day by which half have had the event: where the curve crosses one half, with the limits where its own limits cross (Brookmeyer & Crowley 1982, log-log).
    With competing events the incidence curve is read, which may never get there.
#}
{% macro median_rows(units, own_segment=none) %}
{% set cell = cell_columns() %}
{{ spread_over_cells(units, own_segment) }}
{{ survival_curve('units_spread_over_cells', cell) }},

curve_with_limits as (
    select
        *,
        {{ log_log_limit('incidence', 'incidence_se', 'low') }} as incidence_low,
        {{ log_log_limit('incidence', 'incidence_se', 'high') }} as incidence_high
    from curve
),

crossings as (
    select
        {{ cell | join(',\n        ') }},
        -- a hair below one half, so that 0.1 + 0.4 counts as reaching it
        min(days) filter (where incidence >= 0.5 - 1e-12) as value,
        min(days) filter (where incidence_high >= 0.5 - 1e-12) as ci_low,
        min(days) filter (where incidence_low >= 0.5 - 1e-12) as ci_high
    from curve_with_limits
    group by all
),

people_followed as (
    select
        {{ cell | join(',\n        ') }},
        count(*) filter (where event = 1) as numerator,
        count(*) as denominator,
        {{ people_counted() }} as n_people
    from units_spread_over_cells
    group by all
),

cells_estimated as (
    select
        people.*,
        crossings.value,
        crossings.ci_low,
        crossings.ci_high,
        cast(null as varchar) as interval_method
    from people_followed as people
    inner join crossings
        on {{ same_cell('people', 'crossings') }}
),

{{ finished_rows(['event', 'case when event > 0 then days end']) }}
{% endmacro %}
