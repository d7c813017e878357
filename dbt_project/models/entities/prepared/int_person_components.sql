-- One row per source person with the smallest hash of everybody linked to it, directly or through others.

with recursive

persons as (
    select distinct person_id from {{ ref('stg_persons') }}
),

identifiers as (
    select distinct person_id from {{ ref('stg_person_identifiers') }}
),

links as (
    select * from {{ ref('int_identity_links') }}
    where is_same_person
),

everybody as (
    select person_id from persons
    union
    select person_id from identifiers
),

links_both_ways as (
    select
        person_id,
        other_person_id
    from links
    union
    select
        other_person_id as person_id,
        person_id as other_person_id
    from links
),

reached as (
    select
        person_id,
        person_id as reached_id
    from everybody
    union
    select
        reached.person_id,
        links_both_ways.other_person_id as reached_id
    from reached
    inner join links_both_ways on reached.reached_id = links_both_ways.person_id
),

final as (
    select
        person_id,
        min(reached_id) as component_id
    from reached
    group by person_id
)

select * from final
