-- Of those who asked for a place as a mentee and whose group is known, how many belong to each group.

with

applications as (
    select * from {{ ref('applications') }}
),

people_who_applied as (
    select
        programme_id,
        cohort_id,
        person_key,
        submitted_date as happened_on
    from applications
    where
        role_sought = 'mentee'
        and is_known_person
        and not is_deleted
),

{{ group_share_rows('people_who_applied') }}
