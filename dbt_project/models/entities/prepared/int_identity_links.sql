-- One row per pair of source persons that share an identifier, with the ruling whether they are one person.
-- Merged: two identifiers agree over an overlapping time, or one does and nothing speaks against it. Never merged: two persons of one source,
-- an identifier whose times do not overlap, or a single identifier that would make one person of two persons of another source.

with

identifiers as (
    select * from {{ ref('stg_person_identifiers') }}
),

holders as (
    select distinct
        source_instance,
        person_id,
        id_type,
        id_value,
        coalesce(valid_from, {{ beginning_of_time() }}) as valid_from,
        coalesce(valid_to, {{ end_of_time() }}) as valid_to
    from identifiers
),

identifiers_shared as (
    select
        one.person_id,
        one.source_instance,
        other.person_id as other_person_id,
        other.source_instance as other_source_instance,
        count(distinct one.id_type || ':' || one.id_value)
        filter (where one.valid_from < other.valid_to and other.valid_from < one.valid_to) as agreeing_identifiers,
        count(distinct one.id_type || ':' || one.id_value) as shared_identifiers
    from holders as one
    inner join holders as other
        on
            one.id_type = other.id_type
            and one.id_value = other.id_value
            and one.person_id != other.person_id
    group by all
),

rivals_counted as (
    select
        *,
        -- how many persons of the other source share at least as much with this person: more than one is a contradiction
        count(*) filter (where agreeing_identifiers > 0) over (
            partition by person_id, other_source_instance
        ) as candidates_there,
        max(agreeing_identifiers) over (partition by person_id, other_source_instance) as best_there
    from identifiers_shared
),

links_judged_one_way as (
    select
        *,
        case
            when source_instance = other_source_instance then 'two persons of one source'
            when agreeing_identifiers = 0 then 'held at different times'
            when candidates_there > 1 and agreeing_identifiers < best_there then 'another person fits better'
            when candidates_there > 1 and agreeing_identifiers < 2 then 'fits two persons of one source'
        end as objection
    from rivals_counted
),

final as (
    select
        one.person_id,
        one.source_instance,
        one.other_person_id,
        one.other_source_instance,
        one.agreeing_identifiers,
        one.shared_identifiers,
        coalesce(one.objection, other.objection) as objection,
        one.objection is null and other.objection is null as is_same_person
    from links_judged_one_way as one
    inner join links_judged_one_way as other
        on
            one.person_id = other.other_person_id
            and one.other_person_id = other.person_id
    where one.person_id < one.other_person_id
)

select * from final
