{% call metric() %}
label: Matched at any time
definition: Of the mentees who were enrolled, waiting or turned down during the period, the share that was in a pair at any time of it.
formula: mentees ever in a pair / mentees who were enrolled, waiting or turned down
numerator: Mentees in a pair at any time of the period
denominator: Mentees enrolled, waiting or turned down at any time of the period
population: Mentees who applied or were enrolled
index_date: Application or enrolment
belongs_on: on the day of enrolment, or of the application for those without a place
window: The month, or everything to date
exclusions: Withdrawn applications. People who said no to analytics.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 3
headline: true
now: last_month
needs: [applications]
{% endcall %}

-- Of the mentees enrolled at any time of the period, or waiting or turned down in its course, how many were in a pair at any time of it. Who withdrew an
-- application didn't want a pair any more and is left out.

with

mentee_periods as (
    select * from {{ ref('int_mentee_periods') }}
),

applications as (
    select * from {{ ref('applications') }}
),

cohorts as (
    select * from {{ ref('cohorts') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

people_with_a_place as (
    select
        programme_id,
        cohort_id,
        person_key,
        enrolled_date as belongs_on,
        period_kind,
        period_start,
        period_end,
        case when has_pair_in_the_period then 1 else 0 end as numerator,
        1 as denominator
    from mentee_periods
),

people_without_a_place as (
    select
        applications.programme_id,
        applications.cohort_id,
        applications.person_key,
        applications.submitted_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        0 as numerator,
        1 as denominator
    from applications
    inner join cohorts on applications.cohort_id = cohorts.cohort_id
    inner join periods
        on
            applications.submitted_date <= periods.period_end
            and coalesce(cohorts.end_date, {{ end_of_time() }}) > periods.period_start
    where
        applications.role_sought = 'mentee'
        and applications.decision in ('rejected', 'waitlisted', 'pending')
),

mentees_of_the_period as (
    select * from people_with_a_place
    union all
    select * from people_without_a_place
),

{{ rate_rows('mentees_of_the_period', per_person=true) }}
