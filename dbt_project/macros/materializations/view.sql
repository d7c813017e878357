{#
    A view made in place, in one statement: dbt's own makes it beside and renames, which costs as much again for each of them. No view here has hooks or grants.
#}
{% materialization view, adapter='duckdb' %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}

    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {%- if existing_relation is not none %}
            drop {{ existing_relation.type }} if exists {{ existing_relation }} cascade;
        {%- endif %}
        {{ get_create_view_as_sql(target_relation, compiled_code) }}
    {%- endcall %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
