{# The UTC calendar day of an instant. #}
{% macro utc_date(instant) -%}
    cast({{ instant }} at time zone 'UTC' as date)
{%- endmacro %}

{# A day that lies before or after every real one, for half-open intervals whose end is unknown. #}
{% macro beginning_of_time() -%} cast('0001-01-01' as date) {%- endmacro %}
{% macro end_of_time() -%} cast('9999-12-31' as date) {%- endmacro %}
