{# Months counted from year 0, so that months can be subtracted. #}
{% macro month_number(day) -%}
    cast(12 * extract(year from {{ day }}) + extract(month from {{ day }}) - 1 as integer)
{%- endmacro %}

{# The month in whose course something happens that is true from `day` on: what is new on the first of a month happened in the month before. #}
{% macro month_of_change(day) -%}
    {{ month_number("cast(" ~ dbt.dateadd('day', -1, day) ~ " as date)") }}
{%- endmacro %}
