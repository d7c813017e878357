{# Models are written in DuckDB's SQL whatever engine runs them, dbt's helpers too: the translation reads one language. #}
{% macro dateadd_as_duckdb(datepart, interval, day) -%}
    ({{ day }} + cast({{ interval }} as bigint) * interval 1 {{ datepart }})
{%- endmacro %}

{% macro datediff_as_duckdb(first, second, datepart) -%}
    (date_diff('{{ datepart }}', cast({{ first }} as timestamp), cast({{ second }} as timestamp)))
{%- endmacro %}

{% macro postgres__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {{ dateadd_as_duckdb(datepart, interval, from_date_or_timestamp) }}
{%- endmacro %}

{% macro postgres__datediff(first_date, second_date, datepart) -%}
    {{ datediff_as_duckdb(first_date, second_date, datepart) }}
{%- endmacro %}

{% macro postgres__last_day(date, datepart) -%}
    {{ dbt.default_last_day(date, datepart) }}
{%- endmacro %}

{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {{ dateadd_as_duckdb(datepart, interval, from_date_or_timestamp) }}
{%- endmacro %}

{% macro spark__datediff(first_date, second_date, datepart) -%}
    {{ datediff_as_duckdb(first_date, second_date, datepart) }}
{%- endmacro %}
