{# Intervals of metrics in which one person is several units: from `cells_summed` and the units behind it to `cells_estimated`. #}

{#
    A share. Where somebody is several units of a cell (sessions of one pair, milestones of one mentee), units of one person are alike: the interval is Wilson's with the
    effective number of units, by linearisation over people and Student's t (Korn & Graubard 1998, Survey Methodology 24, 193). Where all or none are counted, each person counts as one.
#}
{% macro shares_estimated() %}
{{ cells_clustered() }}
cells_effective as (
    select
        *,
        case
            when not is_clustered then denominator
            when numerator = 0 or numerator = denominator then least(denominator, n_people)
            when spread_of_people > 0 then denominator
                / greatest(
                    case when n_people < 10 then 1 else 0 end,
                    spread_of_people / (numerator * (denominator - numerator) / power(denominator, 3))
                )
                * power({{ z_95() }} / t_975, 2)
            else denominator
        end as effective
    from cells_clustered
),

cells_estimated as (
    select
        * exclude (effective, is_clustered, is_repeated, spread_of_people, t_975),
        numerator / nullif(denominator, 0)::double as value,
        {{ wilson_limit('numerator * effective / nullif(denominator, 0)', 'effective', 'low') }} as ci_low,
        {{ wilson_limit('numerator * effective / nullif(denominator, 0)', 'effective', 'high') }} as ci_high,
        case when is_clustered then 'wilson_by_person' end as interval_method
    from cells_effective
),
{% endmacro %}

{#
    Events over time at risk, in the unit of the denominator. Where somebody has several events, people differ from each other more, or less, than chance would have it: the
    interval comes from what lies between them (ratio linearised over people, Student's t, on the log scale), else from the Poisson distribution.
#}
{% macro events_estimated() %}
{{ cells_clustered() }}
cells_estimated as (
    select
        cells.* exclude (is_clustered, is_repeated, spread_of_people, t_975),
        cells.numerator / nullif(cells.denominator, 0)::double as value,
        case
            when cells.is_repeated and cells.spread_of_people > 0
                then cells.numerator / cells.denominator * exp(-cells.t_975 * sqrt(cells.spread_of_people) * cells.denominator / cells.numerator)
            else {{ poisson_limit('limits.events_low', 'cells.numerator', 'low') }} / nullif(cells.denominator, 0)
        end as ci_low,
        case
            when cells.is_repeated and cells.spread_of_people > 0
                then cells.numerator / cells.denominator * exp(cells.t_975 * sqrt(cells.spread_of_people) * cells.denominator / cells.numerator)
            else {{ poisson_limit('limits.events_high', 'cells.numerator', 'high') }} / nullif(cells.denominator, 0)
        end as ci_high,
        case when cells.is_repeated and cells.spread_of_people > 0 then 'linearised_by_person' end as interval_method
    from cells_clustered as cells
    left join {{ ref('poisson_limits') }} as limits on cells.numerator = limits.events
),
{% endmacro %}

{#
    To `cells_summed`: spread_of_people (variance of the ratio, linearised over people: Cochran 1977, Sampling Techniques, 6.4) and t_975 (of as many degrees of freedom as people,
    less one).
#}
{% macro cells_clustered() %}
cells_clustered as (
    select
        cells_summed.*,
        {{ t_quantile('quantiles.t_975', '(cells_summed.n_people - 1)') }} as t_975,
        cells_summed.n_people / nullif(cells_summed.n_people - 1.0, 0) * round(
            squared_numerators
            - 2 * cells_summed.numerator / cells_summed.denominator * products
            + power(cells_summed.numerator / cells_summed.denominator, 2) * squared_denominators, 9
        ) / power(cells_summed.denominator, 2) as spread_of_people
    from cells_summed
    left join {{ ref('t_quantiles') }} as quantiles on cells_summed.n_people - 1 = quantiles.degrees_of_freedom
),
{% endmacro %}
