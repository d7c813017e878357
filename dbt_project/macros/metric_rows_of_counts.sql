{# The ends of metrics that count: shares, complete counts, and events over time at risk. Columns of `units`: see metric_rows.sql. #}

{# A share; see shares_estimated, and people_summed for `lone` and `unmoved`. #}
{% macro rate_rows(units, own_segment=none, per_person=false, lone=none, unmoved=none) %}
{{ spread_over_cells(units, own_segment) }}
{{ cells_summed(per_person, lone=lone, unmoved=unmoved) }}
{{ shares_estimated() }}
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

{# Events over time at risk, in the unit of the denominator; see events_estimated, and people_summed for `lone` and `unmoved`. #}
{% macro event_rows(units, own_segment=none, lone=none, unmoved=none) %}
{{ spread_over_cells(units, own_segment) }}
{{ cells_summed(events=true, lone=lone, unmoved=unmoved) }}
{{ events_estimated() }}
{{ finished_rows() }}
{% endmacro %}
