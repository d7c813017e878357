{#
    A reference (the keyed hash of "email:ada@example.org") is turned into a person by joining `int_person_references`, which knows
    whose it was on which day. A reference that nobody holds stands for itself, so that its holder is still counted once.
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
