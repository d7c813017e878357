{#
    Models and tests in PostgreSQL's words (pipelines/engines/). What isn't a model is dbt's own, for snapshots, and written for PostgreSQL already.
    Each table is analysed, since the next model asks for it at once and the server's own analysis comes minutes later.
#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- if temporary or model.resource_type != 'model' -%}
    create {{ 'temporary' if temporary }} table {{ relation }} as ({{ sql }})
    {%- elif config.get('contract').enforced -%}
    create table {{ relation }} {{ get_table_columns_and_constraints() }};
    insert into {{ relation }}
    select
        {% for column in model['columns'].values() -%}
        cast("{{ column['name'] }}" as {{ adapter.translated_type(column['data_type']) }}){{ ',' if not loop.last }}
        {% endfor -%}
    from ({{ adapter.translated(sql) }}) as rows_of_model;
    analyze {{ relation }}
    {%- else -%}
    create table {{ relation }} as {{ adapter.translated(sql) }};
    analyze {{ relation }}
    {%- endif -%}
{%- endmacro %}

{% macro postgres__create_view_as(relation, sql) -%}
    create view {{ relation }} as {{ adapter.translated(sql) }}
{%- endmacro %}

{% macro postgres__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {{ dbt.default__get_test_sql(adapter.translated(main_sql), fail_calc, warn_if, error_if, limit) }}
{%- endmacro %}
