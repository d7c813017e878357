{% call metric() %}
label: Who could take part, by group
definition: Of those who could have taken part as a mentee on a roster day and whose group is known, the share of each group; the share unknown is shown
  beside.
formula: people in the group / people with known group
numerator: Eligible people in the group
denominator: Eligible people whose group is known (all, for the group unknown)
population: People whom the programme's own rule names
index_date: Roster day
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

-- Of those who could have taken part as a mentee on a roster day and whose group is known, how many belong to each group.

with

population as (
    select * from {{ ref('int_population_eligible') }}
),

people_eligible as (
    select
        programme_id,
        cohort_id,
        person_key,
        roster_date as happened_on
    from population
),

{{ group_share_rows('people_eligible') }}
