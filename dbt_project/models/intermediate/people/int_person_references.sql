-- One row per reference (hash of a typed identifier), holder and time. A reference that only one person ever held is theirs at all times,
-- since applications are often dated before the identifier was recorded; one that passed from person to person is theirs only within its
-- validity, and on days when two persons hold it, nobody's.

with

identifiers as (
    select * from {{ ref('stg_person_identifiers') }}
),

persons as (
    select * from {{ ref('int_persons_resolved') }}
),

references_held as (
    select
        identifiers.id_value as reference,
        persons.person_key,
        coalesce(identifiers.valid_from, {{ beginning_of_time() }}) as valid_from,
        coalesce(identifiers.valid_to, {{ end_of_time() }}) as valid_to
    from identifiers
    inner join persons on identifiers.person_id = persons.person_id
    union
    select
        person_id as reference,
        person_key,
        {{ beginning_of_time() }} as valid_from,
        {{ end_of_time() }} as valid_to
    from persons
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
