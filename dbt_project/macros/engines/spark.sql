{#
    Models and tests in Spark's words (pipelines/engines/). A schema's tables are Parquet files in the folder that a run shares with the cluster;
    seeds and snapshots are DuckDB's, and stand there already where a model reads them.
#}
{% macro spark__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation }} location '{{ adapter.schema_place(relation.schema) }}'
    {%- endcall -%}
{%- endmacro %}

{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    create table {{ relation }} using parquet as
    {%- if config.get('contract').enforced %}
    select
        {% for column in model['columns'].values() -%}
        cast(`{{ column['name'] }}` as {{ adapter.translated_type(column['data_type']) }}) as `{{ column['name'] }}`{{ ',' if not loop.last }}
        {% endfor -%}
    from ({{ adapter.translated(compiled_code) }}) as rows_of_model
    {%- else %}
    {{ adapter.translated(compiled_code) }}
    {%- endif -%}
{%- endmacro %}

{% macro spark__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {{ dbt.default__get_test_sql(adapter.translated(main_sql), fail_calc, warn_if, error_if, limit) }}
{%- endmacro %}

{# Parquet has no constraints: what may not be null is asked where the tables come back (pipelines/engines/building.py). #}
{% macro spark__persist_constraints(relation, model) -%}
{%- endmacro %}
