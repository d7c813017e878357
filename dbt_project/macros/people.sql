{#
    A reference (the keyed hash of "email:ada@example.org") is turned into a person by joining `int_person_references`, which knows
    whose it was on which day. A reference that nobody holds stands for itself.
#}
{% macro join_person(reference, day, alias) -%}
    left join {{ ref('int_person_references') }} as {{ alias }}
        on
            {{ reference }} = {{ alias }}.reference
            and {{ day }} >= {{ alias }}.valid_from
            and {{ day }} < {{ alias }}.valid_to
{%- endmacro %}

{% macro person_key(reference, alias) -%}
    coalesce({{ alias }}.person_key, {{ reference }})
{%- endmacro %}

{# Whether somebody whom `join_person` looked for may be counted: a list of people knows them, or there is no list of people at all. #}
{% macro is_counted_person(alias) -%}
    ({{ alias }}.person_key is not null or not exists (select 1 from {{ ref('stg_persons') }}))
{%- endmacro %}
