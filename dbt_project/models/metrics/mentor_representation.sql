-- Of those who took part as a mentor and whose group is known, how many belong to each group.

with

enrolments as (
    select * from {{ ref('enrolments') }}
),

mentors_enrolled as (
    select
        programme_id,
        cohort_id,
        person_key,
        enrolled_date as happened_on
    from enrolments
    where role = 'mentor'
),

{{ group_share_rows('mentors_enrolled') }}
