{# Months counted from year 0, so that months can be subtracted. #}
{% macro month_number(day) -%}
    cast(12 * extract(year from {{ day }}) + extract(month from {{ day }}) - 1 as integer)
{%- endmacro %}

{# The month in whose course something happens that is true from `day` on: what is new on the first of a month happened in the month before. #}
{% macro month_of_change(day) -%}
    {{ month_number("cast(" ~ dbt.dateadd('day', -1, day) ~ " as date)") }}
{%- endmacro %}

{# The first month whose first day is `day` or later: what is true from `day` on is true on the first day of this month and not of the one before. #}
{% macro month_from(day) -%}
    cast({{ month_number(day) }} + case when extract(day from {{ day }}) > 1 then 1 else 0 end as integer)
{%- endmacro %}
