-- One row per person and attribute: the value that holds on the as-of day. What a person said about themselves goes before what HR recorded.

with

person_demographics as (
    select * from {{ ref('stg_person_demographics') }}
),

final as (
    select
        {{ person_key('person_demographics.person_id', 'people') }} as person_key,
        person_demographics.attribute,
        person_demographics.value,
        person_demographics.collected_basis
    from person_demographics
    {{ join_person('person_demographics.person_id', 'person_demographics.valid_from', 'people') }}
    where person_demographics.valid_from <= {{ as_of_date() }}
    qualify row_number() over (
        partition by {{ person_key('person_demographics.person_id', 'people') }}, person_demographics.attribute
        order by
            case person_demographics.collected_basis when 'self' then 0 else 1 end,
            person_demographics.valid_from desc,
            person_demographics.value
    ) = 1
)

select * from final
