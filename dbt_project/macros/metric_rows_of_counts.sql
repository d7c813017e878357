{# The ends of metrics that count: shares, complete counts, and events over time at risk. Columns of `units`: see metric_rows.sql. #}

{% macro rate_rows(units, own_segment=none, per_person=false) %}
{{ spread_over_cells(units, own_segment) }}
{{ cells_summed(per_person) }}
cells_estimated as (
    select
        *,
        numerator / nullif(denominator, 0)::double as value,
        {{ wilson_limit('numerator', 'denominator', 'low') }} as ci_low,
        {{ wilson_limit('numerator', 'denominator', 'high') }} as ci_high,
        cast(null as varchar) as interval_method
    from cells_summed
),

{{ finished_rows() }}
{% endmacro %}

{# A complete count over a complete count, or a sum of money over one: nothing was sampled, so the interval is the value. #}
{% macro ratio_rows(units, own_segment=none, per_person=false) %}
{{ census_rows(units, 'numerator / nullif(denominator, 0)::double', own_segment, per_person) }}
{% endmacro %}

{# A share of everybody there is, people's own attributes among them: no sampling interval, and people without consent are left out. #}
{% macro complete_share_rows(units, own_segment=none, per_person=false) %}
{{ census_rows(units, 'numerator / nullif(denominator, 0)::double', own_segment, per_person, only_consenting=true) }}
{% endmacro %}

{% macro count_rows(units, own_segment=none, per_person=false) %}
{{ census_rows(units, 'cast(numerator as double)', own_segment, per_person) }}
{% endmacro %}

{% macro census_rows(units, value, own_segment, per_person, only_consenting=false) %}
{{ spread_over_cells(units, own_segment, only_consenting) }}
{{ cells_summed(per_person) }}
cells_estimated as (
    select
        *,
        {{ value }} as value,
        {{ value }} as ci_low,
        {{ value }} as ci_high,
        'census' as interval_method
    from cells_summed
),

{{ finished_rows() }}
{% endmacro %}

{# Events over time at risk, in the unit of the denominator. #}
{% macro event_rows(units, own_segment=none) %}
{{ spread_over_cells(units, own_segment) }}
{{ cells_summed() }}
cells_estimated as (
    select
        cells_summed.*,
        cells_summed.numerator / nullif(cells_summed.denominator, 0)::double as value,
        {{ poisson_limit('limits.events_low', 'cells_summed.numerator', 'low') }} / nullif(cells_summed.denominator, 0) as ci_low,
        {{ poisson_limit('limits.events_high', 'cells_summed.numerator', 'high') }} / nullif(cells_summed.denominator, 0) as ci_high,
        cast(null as varchar) as interval_method
    from cells_summed
    left join {{ ref('poisson_limits') }} as limits on cells_summed.numerator = limits.events
),

{{ finished_rows() }}
{% endmacro %}
