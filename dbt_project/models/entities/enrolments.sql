-- One row per programme, cohort, person and role that was given a place: an accepted application, or a pair that an administrator made.
-- Enrolled from the decision (or the pair's start). Ended at the end of the cohort or of the employment, or when the last pair was completed;
-- a pair that broke early does not end it, since its mentee waits for another.

with

applications as (
    select * from {{ ref('applications') }}
),

members as (
    select * from {{ ref('int_pair_members') }}
),

pairs as (
    select * from {{ ref('stg_pairs') }}
),

cohorts as (
    select * from {{ ref('stg_cohorts') }}
),

spells as (
    select * from {{ ref('int_employment_spells_merged') }}
),

places_given as (
    select
        programme_id,
        cohort_id,
        person_key,
        role_sought as role,
        coalesce(decided_date, submitted_date) as enrolled_date
    from applications
    where
        decision = 'accepted'
        and is_known_person
    union all
    select
        members.programme_id,
        members.cohort_id,
        members.person_key,
        members.role,
        members.joined_date as enrolled_date
    from members
    inner join pairs on members.pair_id = pairs.pair_id
    where
        pairs.status in ('accepted', 'active', 'paused', 'completed', 'cancelled')
        and members.joined_date is not null
        and members.is_counted
),

first_places as (
    select
        programme_id,
        cohort_id,
        person_key,
        role,
        min(enrolled_date) as enrolled_date
    from places_given
    group by programme_id, cohort_id, person_key, role
),

pairs_of_each_place as (
    select
        members.cohort_id,
        members.person_key,
        members.role,
        bool_and(pairs.status = 'completed') as are_all_completed,
        max(members.left_date) as last_left_date
    from members
    inner join pairs on members.pair_id = pairs.pair_id
    where pairs.status not in ('proposed', 'declined')
    group by members.cohort_id, members.person_key, members.role
),

ends_found as (
    select
        first_places.*,
        least(
            cohorts.end_date,
            spells.end_date,
            case when pairs_of_each_place.are_all_completed then pairs_of_each_place.last_left_date end
        ) as ended_date
    from first_places
    inner join cohorts on first_places.cohort_id = cohorts.cohort_id
    left join spells
        on
            first_places.person_key = spells.person_key
            and first_places.enrolled_date >= spells.start_date
            and first_places.enrolled_date < coalesce(spells.end_date, {{ end_of_time() }})
    left join pairs_of_each_place
        on
            first_places.cohort_id = pairs_of_each_place.cohort_id
            and first_places.person_key = pairs_of_each_place.person_key
            and first_places.role = pairs_of_each_place.role
),

final as (
    select
        programme_id,
        cohort_id,
        person_key,
        role,
        enrolled_date,
        case when ended_date <= {{ as_of_date() }} then greatest(ended_date, enrolled_date) end as ended_date
    from ends_found
)

select * from final
