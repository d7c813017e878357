{% call metric() %}
label: Applicants accepted
definition: Of the people who applied for a mentee's place and have an answer, the share that was accepted. A place on the waiting list is an answer.
formula: accepted / accepted, turned down or on the waiting list
numerator: Applicants for a mentee's place who were accepted
denominator: Applicants for a mentee's place with an answer
population: Applicants for a mentee's place
index_date: Day of the application
belongs_on: on the day of the application
window: By the month of the application, as known on the as-of day
exclusions: Who still waits for a decision, and who withdrew. People who said no to analytics. Somebody who applied for several cohorts counts once.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 3
headline: false
now: to_date
needs: [applications]
{% endcall %}

-- Of those who applied for a mentee's place and have an answer, how many were accepted. By the month of the application, as known on the as-of day. Who still
-- waits for a decision or withdrew has no answer: nobody of a cohort that is being formed was turned down.

with

applications as (
    select * from {{ ref('applications') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

mentees_applied as (
    select
        applications.programme_id,
        applications.cohort_id,
        applications.person_key,
        applications.submitted_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        case when applications.decision = 'accepted' then 1 else 0 end as numerator,
        1 as denominator
    from applications
    inner join periods on applications.submitted_date between periods.period_start and periods.period_end
    where
        applications.role_sought = 'mentee'
        and applications.decision in ('accepted', 'rejected', 'waitlisted')
),

{{ rate_rows('mentees_applied', per_person=true) }}
