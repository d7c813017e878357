{#
    T-score of goal attainment scaling: 50 + 10 sum(w x) / sqrt((1 - r) sum(w^2) + r (sum w)^2), x from -2 to 2.
    Kiresuk & Sherman (1968), Community Mental Health Journal 4, 443.
#}
{% macro attainment_t_score(level, weight) -%}
    50.0 + 10.0 * sum(({{ weight }}) * ({{ level }})) / nullif(
        sqrt(
            (1.0 - {{ var('gas_correlation') }}) * sum(power({{ weight }}, 2))
            + {{ var('gas_correlation') }} * power(sum({{ weight }}), 2)
        ),
        0
    )
{%- endmacro %}

{# A number, or null for NaN and what is infinite: every engine puts NaN above all numbers, so it would pass for any target. #}
{% macro number_or_null(value) -%}
    case when {{ value }} between -1e300 and 1e300 then {{ value }} end
{%- endmacro %}
