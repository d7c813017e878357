{% call metric() %}
label: Mentees, by group
definition: Of those who took part as a mentee and whose group is known, the share of each group; the share unknown is shown beside.
formula: people in the group / people with known group
numerator: Mentees in the group
denominator: Mentees whose group is known (all, for the group unknown)
population: People given a place as mentees
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
