{#
    What a node was made from and what it holds, written down with it in one transaction, so that a later build need not make it again (docs/decisions/029;
    pipelines/builds reads and plans). IMPACT_PROGRAM names the program; without it (dbt typed by hand) all is forgotten, so that the next run makes everything again.
#}

{# Whether this build keeps what rests on nothing new. #}
{% macro is_incremental_build() %}
    {{ return(target.type == 'duckdb' and env_var('IMPACT_PROGRAM', '') != '') }}
{% endmacro %}

{# Before a build that notes nothing: what was noted holds no more. #}
{% macro forget_made() -%}
    {%- if execute and target.type == 'duckdb' and not is_incremental_build() and flags.WHICH in ('build', 'run', 'seed', 'snapshot') -%}
    create schema if not exists builds;
    create table if not exists builds.made_from (node varchar, made_from varchar, content varchar);
    delete from builds.made_from;
    {%- endif -%}
{%- endmacro %}

{# Hash of the program and of what everything that a node reads holds; null where something isn't told of. `pipelines.builds.plan.made_from` says the same in Python. #}
{% macro made_from(node) -%}
    {%- set inputs = ((node.depends_on.nodes | default([])) + (['loads'] if node.config.meta.get('reads_loads') else [])) | unique | list -%}
    {%- set told = "string_agg(told.node || '=' || told.content, ';' order by told.node)" -%}
    (
        select case when count(told.content) = {{ inputs | length }} then md5('{{ env_var("IMPACT_PROGRAM") }}:{{ node.unique_id }}:' || coalesce({{ told }}, '')) end
        from builds.made_from as told where told.node in ('{{ inputs | join("', '") }}')
    )
{%- endmacro %}

{# Statements that write down what the node was made from, and what its rows are. #}
{% macro note_made(node, relation) -%}
    delete from builds.made_from where node = '{{ node.unique_id }}';
    insert into builds.made_from
    select '{{ node.unique_id }}', {{ made_from(node) }}, (select concat_ws(':', count(*), sum(hash(rows_of_it)), bit_xor(hash(rows_of_it))) from {{ relation }} as rows_of_it)
{%- endmacro %}

{# For seeds and snapshots, after they were made. #}
{% macro note_made_hook() -%}
    {%- if execute and is_incremental_build() -%} {{ note_made(model, this) }} {%- endif -%}
{%- endmacro %}

{# Whether the rows of a table that is there are those that would be made now. #}
{% macro is_as_made(node) %}
    {% set found = run_query("select 1 from builds.made_from as kept where kept.node = '" ~ node.unique_id ~ "' and kept.made_from = " ~ made_from(node)) %}
    {{ return(found | length > 0) }}
{% endmacro %}

{# At the end of a build: the tests that passed, by what they were asked about, and the views that were made. #}
{% macro note_passed(results) -%}
    {%- if execute and is_incremental_build() -%}
        {%- for result in results if result.status in ('pass', 'success') and result.node.resource_type in ('test', 'model') -%}
            {%- if result.node.resource_type == 'test' -%}
    delete from builds.made_from where node = '{{ result.node.unique_id }}';
    insert into builds.made_from select '{{ result.node.unique_id }}', {{ made_from(result.node) }}, null;
            {%- elif result.node.config.materialized == 'view' -%}
    update builds.made_from set made_from = '{{ env_var("IMPACT_PROGRAM") }}' where node = '{{ result.node.unique_id }}';
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
