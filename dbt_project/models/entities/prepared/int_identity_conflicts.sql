-- One row per pair of source persons that share an identifier and were not merged, with the reason. For review by a person.

with

links as (
    select * from {{ ref('int_identity_links') }}
),

persons as (
    select * from {{ ref('int_persons_resolved') }}
),

final as (
    select
        links.person_id,
        links.source_instance,
        links.other_person_id,
        links.other_source_instance,
        links.agreeing_identifiers,
        coalesce(links.objection, 'a chain of links joins two persons of one source') as reason
    from links
    inner join persons on links.person_id = persons.person_id
    inner join persons as others on links.other_person_id = others.person_id
    where persons.person_key != others.person_key
)

select * from final
