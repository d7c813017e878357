{#
    A table built in place: drop, create and commit are one transaction, so a reader of the same file sees the old table or the new one, never none.
    dbt-duckdb's own `table` builds beside and renames twice, which cost a third of the build at this number of models; what it does beyond (indexes, foreign keys,
    grants, DuckLake) isn't used here.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set drop_statement -%}
        {%- if existing_relation is not none -%}
            drop {{ existing_relation.type }} if exists {{ existing_relation }} cascade;
        {%- endif -%}
    {%- endset %}

    {% call statement('main') -%}
        {{ drop_statement }}
        {{ create_table_as(False, target_relation, compiled_code, 'sql') }}
    {%- endcall %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
