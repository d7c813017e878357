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
        person_key is null as is_anonymous,
        cast(sum({{ contribution_of_unit(shown_of_a_unit) }}) % {{ largest_contribution() }} as ubigint) as contribution
    from {{ units }}
    group by {{ cell_columns() | join(', ') }}, person_key, case when person_key is null then random() end
),
{% endmacro %}

{# Of numbers that leave the same remainder the one that still leaves it; shared again with others, it comes to the same. #}
{% macro contributions_shared() -%}
    cast((sum(contribution - contribution % 4096) + max(contribution % 4096)) % 18446744073709551616 as ubigint)
{%- endmacro %}

{#
    What people put into a cell: a number each, and in cells of more than 4,096 people at most as many, however many they are. The difference between two releases is over those whose
    number came or went. There, people whose numbers leave the same remainder share one that still leaves it, so that two changes at worst pass for one; anonymous people with the same
    answer, who have one number, are told apart by counting first (pipelines/serving/releases.py does the same with what was kept).
#}
{% macro contributions_of_cells(people) %}
{%- set cell = cell_columns() | join(',\n        ') %}
contributions_by_remainder as (
    select
        {{ cell }},
        count(*) as people,
        {{ contributions_shared() }} as contribution
    from {{ people }}
    where
        contribution is not null
        and not is_anonymous
    group by {{ cell_columns() | join(', ') }}, contribution % 4096
),

anonymous_counted as (
    select
        {{ cell }},
        contribution,
        row_number() over (partition by {{ cell_columns() | join(', ') }}, contribution order by contribution) as place
    from {{ people }}
    where
        contribution is not null
        and is_anonymous
),

cells_of_many as (
    select {{ cell }}
    from (
        select
            {{ cell }},
            people
        from contributions_by_remainder
        union all
        select
            {{ cell }},
            1 as people
        from anonymous_counted
    ) as people_of_cells
    group by all
    having sum(people) > 4096
),

contributions_of_many as (
    select
        cells_of_many.*,
        named.contribution
    from contributions_by_remainder as named
    inner join cells_of_many on {{ same_cell('named', 'cells_of_many') }}
    union all
    select
        cells_of_many.*,
        cast((anonymous.contribution + 11400714819323198485 * (anonymous.place - 1)) % 18446744073709551616 as ubigint) as contribution
    from anonymous_counted as anonymous
    inner join cells_of_many on {{ same_cell('anonymous', 'cells_of_many') }}
),

contributions_kept as (
    select
        {{ cell }},
        {{ contributions_shared() }} as contribution
    from contributions_of_many
    group by {{ cell_columns() | join(', ') }}, contribution % 4096
    union all
    select
        {% for column in cell_columns() %}people.{{ column }},
        {% endfor -%}
        people.contribution
    from {{ people }} as people
    left join cells_of_many on {{ same_cell('people', 'cells_of_many') }}
    where
        people.contribution is not null
        and cells_of_many.{{ cell_columns()[0] }} is null
),

contributions_of_cells as (
    select
        {{ cell }},
        list(contribution order by contribution) as contributions
    from contributions_kept
    group by all
),
{% endmacro %}
