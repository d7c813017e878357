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

{# True if `join_person` found the person in a list of people, or if no list of people was loaded. #}
{% macro is_counted_person(alias) -%}
    ({{ alias }}.person_key is not null or not exists (select 1 from {{ ref('stg_persons') }}))
{%- endmacro %}
