-- One row per reference (hash of a typed identifier), holder and time. A reference that only one person ever held is theirs at all times,
-- since applications are often dated before the identifier was recorded; one that passed from person to person is theirs only within its
-- validity, and on days when two persons hold it, nobody's. Identifiers that a source no longer gives are kept with the day on which they ended.

with

identifiers as (
    select * from {{ ref('stg_person_identifiers') }}
),

persons as (
    select * from {{ ref('int_persons_resolved') }}
),

components as (
    select * from {{ ref('int_person_components') }}
),

people_who_left_every_list as (
    select distinct identifiers.person_id
    from identifiers
    where
        identifiers.is_gone
        and not exists (
            select 1 from persons
            where persons.person_id = identifiers.person_id
        )
),

components_agreed as (
    select distinct component_id from persons
    where not is_contradicted
),

holders as (
    select distinct
        person_id,
        person_key
    from persons
    union all
    select
        people_who_left_every_list.person_id,
        coalesce(components_agreed.component_id, people_who_left_every_list.person_id) as person_key
    from people_who_left_every_list
    left join components on people_who_left_every_list.person_id = components.person_id
    left join components_agreed on components.component_id = components_agreed.component_id
),

references_held as (
    select distinct
        identifiers.id_value as reference,
        holders.person_key,
        coalesce(identifiers.valid_from, {{ beginning_of_time() }}) as valid_from,
        coalesce(identifiers.valid_to, {{ end_of_time() }}) as valid_to
    from identifiers
    inner join holders on identifiers.person_id = holders.person_id
),

holders_counted as (
    select
        reference,
        count(distinct person_key) as holders,
        min(person_key) as only_holder
    from references_held
    group by reference
),

held_by_one_person as (
    select
        reference,
        only_holder as person_key,
        {{ beginning_of_time() }} as valid_from,
        {{ end_of_time() }} as valid_to
    from holders_counted
    where holders = 1
),

passed_between_people as (
    select references_held.*
    from references_held
    inner join holders_counted on references_held.reference = holders_counted.reference
    where holders_counted.holders > 1
),

contested_times_left_out as (
    select one.*
    from passed_between_people as one
    where not exists (
        select 1
        from passed_between_people as other
        where
            one.reference = other.reference
            and one.person_key != other.person_key
            and one.valid_from < other.valid_to
            and other.valid_from < one.valid_to
    )
),

starts_of_each_holding_cut as (
    select
        reference,
        person_key,
        valid_from,
        least(
            valid_to,
            coalesce(
                lead(valid_from) over (partition by reference order by valid_from, valid_to),
                valid_to
            )
        ) as valid_to
    from contested_times_left_out
),

final as (
    select * from held_by_one_person
    union all
    select * from starts_of_each_holding_cut
    where valid_from < valid_to
)

select * from final
