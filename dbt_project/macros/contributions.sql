{# Who is behind a figure, as numbers: what one release is compared with the next by (pipelines/serving/releases.py). #}

{# The prime below 2 to the 64: numbers of units add up to one of a person, whatever their order, within 64 bits. #}
{% macro largest_contribution() -%} 18446744073709551557 {%- endmacro %}

{# What a unit puts into a cell, as a number that tells its person and the columns that a reader sees summed. What was added up in any order is told apart to nine digits. #}
{% macro contribution_of_unit(shown_of_a_unit) -%}
{%- set added_up = ['numerator', 'denominator', 'value', 'score_before', 'score_after', 'mentor_score', 'mentee_score', 'item_score'] -%}
        md5_number_lower(concat_ws(
            '|', person_key
            {%- for column in shown_of_a_unit %},
            {% if column in added_up -%}
            coalesce(cast(round(cast({{ column }} as double), 9) + 0.0 as varchar), '-')
            {%- else -%}
            coalesce(cast({{ column }} as varchar), '-')
            {%- endif %}
            {%- endfor %}

        ))
{%- endmacro %}

{# The same of somebody of whom nothing is counted, made once and not in each cell: of event_rows, and of rate_rows where the denominator is one (share=true). #}
{% macro contribution_of_nothing(person_key, share=false) -%}
    cast(md5_number_lower(concat_ws('|', {{ person_key }}, '0.0'{{ ", '1.0'" if share }})) % {{ largest_contribution() }} as ubigint)
{%- endmacro %}

{# One row per cell and person with what the person puts in, where `people_summed` doesn't hold it. Somebody anonymous is a person of their own. #}
{% macro contributions_of_people(units, shown_of_a_unit) %}
contributions_of_people as (
    select
        {{ cell_columns() | join(',\n        ') }},
        cast(sum({{ contribution_of_unit(shown_of_a_unit) }}) % {{ largest_contribution() }} as ubigint) as contribution
    from {{ units }}
    group by {{ cell_columns() | join(', ') }}, person_key, case when person_key is null then random() end
),
{% endmacro %}

{#
    What people put into a cell, in at most 4,096 numbers however many they are: the difference between two releases is over those whose number came or went. People whose numbers
    have the same remainder share one that still has it, so that a cell of few people has a number each, and two changes at worst pass for one
    (pipelines/serving/releases.py does the same with what was kept).
#}
{% macro contributions_of_cells(people) %}
contributions_shared as (
    select
        {{ cell_columns() | join(',\n        ') }},
        cast((sum(contribution - contribution % 4096) + max(contribution % 4096)) % 18446744073709551616 as ubigint) as contribution
    from {{ people }}
    where contribution is not null
    group by {{ cell_columns() | join(', ') }}, contribution % 4096
),

contributions_of_cells as (
    select
        {{ cell_columns() | join(',\n        ') }},
        list(contribution order by contribution) as contributions
    from contributions_shared
    group by all
),
{% endmacro %}
