{% call metric() %}
label: Take-up
definition: Of the mentees who were offered a place, the share that began in a pair. Not the same as participation.
formula: began in a pair / offered a place
numerator: Mentees offered a place who began in a pair of that cohort
denominator: Mentees offered a place (accepted, or withdrawn after the decision)
population: Applicants for a mentee's place
index_date: Day of the decision
belongs_on: on the day of the offer
window: By the month of the offer, as known on the as-of day
exclusions: People who said no to analytics. Rejected and wait-listed applications.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 2
headline: false
now: last_month
own_months: true
needs: [offers]
{% endcall %}

-- Of the mentees who were offered a place, how many began in a pair. By the month of the offer, as known on the as-of day.

with

applications as (
    select * from {{ ref('applications') }}
),

pairs_begun as (
    select * from {{ ref('int_mentee_pairs') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

places_offered as (
    select
        programme_id,
        cohort_id,
        person_key,
        decided_date as offered_date
    from applications
    where
        role_sought = 'mentee'
        and decision in ('accepted', 'withdrawn')
        and decided_date is not null
),

cohorts_in_which_people_began as (
    select distinct
        cohort_id,
        person_key
    from pairs_begun
),

places_taken_up as (
    select
        places_offered.programme_id,
        places_offered.cohort_id,
        places_offered.person_key,
        places_offered.offered_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        case when begun.person_key is not null then 1 else 0 end as numerator,
        1 as denominator
    from places_offered
    inner join periods on places_offered.offered_date between periods.period_start and periods.period_end
    left join cohorts_in_which_people_began as begun
        on
            places_offered.cohort_id = begun.cohort_id
            and places_offered.person_key = begun.person_key
),

{{ rate_rows('places_taken_up', per_person=true) }}
