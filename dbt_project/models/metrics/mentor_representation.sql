{% call metric() %}
label: Mentors, by group
definition: Of those who took part as a mentor and whose group is known, the share of each group; the share unknown is shown beside.
formula: people in the group / people with known group
numerator: Mentors in the group
denominator: Mentors whose group is known (all, for the group unknown)
population: People given a place as mentors
index_date: Enrolment
window: Everything to date
exclusions: Attributes that the programme does not approve. People who said no to analytics. A complete count has no sampling interval.
minimum_n: 5
direction: increase
unit: share
interval_method: census
owner: People analytics
version: 1
headline: false
now: to_date
{% endcall %}

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
