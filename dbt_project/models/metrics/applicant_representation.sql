{% call metric() %}
label: Applicants, by group
definition: Of those who asked for a place as a mentee and whose group is known, the share of each group; the share unknown is shown beside.
formula: people in the group / people with known group
numerator: Applicants in the group
denominator: Applicants whose group is known (all, for the group unknown)
population: People who applied as mentees
index_date: Day of the application
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
needs: [applications]
{% endcall %}

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
