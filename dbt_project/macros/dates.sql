{# The calendar day of an instant where it happened. zone: a column of IANA zones, which every raw row carries as `recorded_tz`. #}
{% macro local_date(instant, zone) -%}
    cast({{ instant }} at time zone {{ zone }} as date)
{%- endmacro %}

{# A day that lies before or after every real one, for half-open intervals whose end is unknown. #}
{% macro beginning_of_time() -%} cast('0001-01-01' as date) {%- endmacro %}
{% macro end_of_time() -%} cast('9999-12-31' as date) {%- endmacro %}
