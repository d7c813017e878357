{#
    A table built in place: drop, create and commit are one transaction, so a reader of the same file sees the old table or the new one, never none.
    A table that would be made from the same as it was is left (macros/builds.sql).
    dbt-duckdb's own `table` builds beside and renames twice, which cost a third of the build at this number of models; what it does beyond (indexes, foreign keys,
    grants, DuckLake) isn't used here.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}

    {%- if existing_relation is not none and existing_relation.type == 'table' and is_incremental_build() and is_as_made(model) -%}
        {%- call statement('main') -%} select 0 {%- endcall -%}
        {{ return({'relations': [target_relation]}) }}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set drop_statement -%}
        {%- if existing_relation is not none -%}
            drop {{ existing_relation.type }} if exists {{ existing_relation }} cascade;
        {%- endif -%}
    {%- endset %}

    {% call statement('main') -%}
        {{ drop_statement }}
        {{ create_table_as(False, target_relation, compiled_code, 'sql') }}
        {%- if is_incremental_build() %};
        {{ note_made(model, target_relation) }}
        {%- endif %}
    {%- endcall %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
