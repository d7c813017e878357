-- Of those who took part as a mentee and whose group is known, how many belong to each group.

with

enrolments as (
    select * from {{ ref('enrolments') }}
),

mentees_enrolled as (
    select
        programme_id,
        cohort_id,
        person_key,
        enrolled_date as happened_on
    from enrolments
    where role = 'mentee'
),

{{ group_share_rows('mentees_enrolled') }}
