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
