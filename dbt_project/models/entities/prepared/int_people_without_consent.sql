-- One row per person who said no to analytics. They leave every person-level analysis; how many they are is published.

with

persons as (
    select * from {{ ref('stg_persons') }}
),

resolved as (
    select * from {{ ref('int_persons_resolved') }}
),

final as (
    select distinct resolved.person_key
    from persons
    inner join resolved
        on
            persons.source_instance = resolved.source_instance
            and persons.person_id = resolved.person_id
    where persons.consent_analytics = false
)

select * from final
