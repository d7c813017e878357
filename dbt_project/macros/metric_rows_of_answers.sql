{# The ends of metrics that people answer: means and recommendation scores. Columns of `units`: see metric_rows.sql. #}

{# Mean over people, each with the last value of the cell; anonymous answers each count. #}
{% macro mean_rows(units, own_segment=none) %}
{{ spread_over_cells(units, own_segment) }}
last_values_of_people as (
    select *
    from units_spread_over_cells
    qualify person_key is null or row_number() over (
        partition by {{ cell_columns() | join(', ') }}, person_key
        order by read_date desc, value desc
    ) = 1
),

cells_summed as (
    select
        {{ cell_columns() | join(',\n        ') }},
        sum(value) filter (where refusal is null) as numerator,
        count(value) filter (where refusal is null) as denominator,
        {{ people_counted() }} as n_people,
        avg(value) filter (where refusal is null) as value,
        stddev_samp(value) filter (where refusal is null) as std_deviation,
        max(refusal) as refusal
    from last_values_of_people
    group by all
),

cells_estimated as (
    select
        cells_summed.* exclude (std_deviation),
        cells_summed.value - {{ t_quantile('quantiles.t_975', '(cells_summed.denominator - 1)') }}
        * cells_summed.std_deviation / sqrt(nullif(cells_summed.denominator, 0)) as ci_low,
        cells_summed.value + {{ t_quantile('quantiles.t_975', '(cells_summed.denominator - 1)') }}
        * cells_summed.std_deviation / sqrt(nullif(cells_summed.denominator, 0)) as ci_high,
        cast(null as varchar) as interval_method
    from cells_summed
    left join {{ ref('t_quantiles') }} as quantiles on cells_summed.denominator - 1 = quantiles.degrees_of_freedom
),

{{ finished_rows(['value', 'refusal'], refusal='refusal', units='last_values_of_people') }}
{% endmacro %}

{# Share of promoters less share of detractors, in points from -100 to 100. #}
{% macro score_rows(units, own_segment=none) %}
{{ spread_over_cells(units, own_segment) }}
cells_summed as (
    select
        {{ cell_columns() | join(',\n        ') }},
        count(*) filter (where is_promoter) as promoters,
        count(*) filter (where is_detractor) as detractors,
        count(*) as denominator,
        {{ people_counted() }} as n_people
    from units_spread_over_cells
    group by all
),

cells_estimated as (
    select
        * exclude (promoters, detractors),
        promoters - detractors as numerator,
        100.0 * (promoters - detractors) / nullif(denominator, 0) as value,
        100.0 * ({{ adjusted_wald_limit('promoters', 'detractors', 'denominator', 'low') }}) as ci_low,
        100.0 * ({{ adjusted_wald_limit('promoters', 'detractors', 'denominator', 'high') }}) as ci_high,
        cast(null as varchar) as interval_method
    from cells_summed
),

{{ finished_rows(['is_promoter', 'is_detractor']) }}
{% endmacro %}
