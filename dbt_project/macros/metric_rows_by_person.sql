{# What each person and each cell come to, and intervals of metrics in which one person is several units: from `units_spread_over_cells` to `cells_estimated`. #}

{#
    One row per cell and person: what the person's units there come to. An anonymous unit is a person of its own; one with denominator 0 (a cost, say) is nobody.

        numerator, denominator    all units together; per_person: the best of them
        units                     how many have something to count
        contribution              what the person puts into the cell, as one number; see contributions_of_cells. events: without days at risk, which pass for everybody

    lone: a column of the units that is true where somebody is no more than one unit of any cell. Such a unit is a person as it stands, and nothing is grouped for it; nobody is anonymous.
    unmoved: a column of the units with the number that their person puts in where nothing is counted (contribution_of_nothing), made once for all periods.
#}
{% macro people_summed(per_person=false, events=false, lone=none, unmoved=none) %}
{%- set is_shown = 'denominator > 0 or (person_key is not null and numerator != 0)' %}
{%- set together = 'max' if per_person else 'sum' %}
{%- set contribution = contribution_of_unit(['numerator'] if events else ['numerator', 'denominator']) %}
{%- if unmoved %}
{%- set contribution = 'case when numerator = 0 and denominator ' ~ ('> 0' if events else '= 1') ~ ' then ' ~ unmoved ~ ' else ' ~ contribution ~ ' end' %}
{%- endif %}
people_summed as (
    select
        {{ cell_columns() | join(',\n        ') }},
        person_key is null as is_anonymous,
        {{ together }}(numerator) as numerator,
        {{ together }}(denominator) as denominator,
        {{ "least(1, count(*) filter (where denominator > 0))" if per_person else "count(*) filter (where denominator > 0)" }} as units,
        cast(sum({{ contribution }}) filter (where {{ is_shown }}) % {{ largest_contribution() }} as ubigint) as contribution
    {%- if lone %}
    from units_spread_over_cells
    where not {{ lone }}
    group by {{ cell_columns() | join(', ') }}, person_key
    union all
    select
        {{ cell_columns() | join(',\n        ') }},
        false as is_anonymous,
        numerator,
        denominator,
        case when denominator > 0 then 1 else 0 end as units,
        case when {{ is_shown }} then cast({{ contribution }} % {{ largest_contribution() }} as ubigint) end as contribution
    from units_spread_over_cells
    where {{ lone }}
    {%- else %}
    from (
        select
            *,
            case when person_key is null then row_number() over () end as unit_no
        from units_spread_over_cells
    ) as units
    group by {{ cell_columns() | join(', ') }}, person_key, unit_no
    {%- endif %}

),
{% endmacro %}

{#
    Numerator, denominator and people of each cell; is_clustered (somebody is several units), is_repeated (somebody has several events) and the sums of squares that
    the spread between people rests on.
#}
{% macro cells_summed(per_person=false, events=false, lone=none, unmoved=none) %}
{{ people_summed(per_person, events, lone, unmoved) }}
cells_summed as (
    select
        {{ cell_columns() | join(',\n        ') }},
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        count(*) filter (where units > 0) as n_people,
        count(*) filter (where units > 0) > 1 and max(units) > 1 as is_clustered,
        count(*) filter (where units > 0) > 1 and max(numerator) filter (where units > 0) > 1 as is_repeated,
        sum(numerator * numerator) filter (where units > 0) as squared_numerators,
        sum(numerator * denominator) filter (where units > 0) as products,
        sum(denominator * denominator) filter (where units > 0) as squared_denominators
    from people_summed
    group by all
),
{% endmacro %}

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
