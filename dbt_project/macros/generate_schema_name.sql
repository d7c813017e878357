{# A schema is taken as it is named: `marts.pairs`, not `main_marts.pairs`. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
