{# The day up to which data are complete. No model asks the computer for the date. #}
{% macro as_of_date() -%}
    (select workspace.as_of_date from {{ ref('stg_workspace') }} as workspace)
{%- endmacro %}

{# Length of a month in days where time at risk is counted: 365.25 / 12. #}
{% macro days_per_month() -%} 30.4375 {%- endmacro %}
