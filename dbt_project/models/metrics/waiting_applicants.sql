{% call metric() %}
label: Applicants waiting
definition: Applicants for a mentee's place in cohorts that have not ended who have no answer yet, or only a place on the waiting list.
formula: applicants without a place or a refusal
numerator: Applicants without an answer, or on the waiting list
denominator: Applicants for a mentee's place in cohorts that have not ended
population: Applicants for a mentee's place
index_date: Last day of the period
belongs_on: on the day of the application
window: As known on the as-of day
exclusions: Cohorts that have ended. Withdrawn and refused applications.
minimum_n: 5
direction: decrease
unit: people
interval_method: census
owner: People analytics
version: 2
headline: false
now: last_month
needs: [applications]
{% endcall %}

-- Applicants for a mentee's place who had no answer on the period's last day, or a place on the waiting list of a cohort that hadn't ended by then.

with

applications as (
    select * from {{ ref('applications') }}
),

cohorts as (
    select * from {{ ref('cohorts') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

applications_of_open_cohorts as (
    select
        applications.programme_id,
        applications.cohort_id,
        applications.person_key,
        applications.submitted_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        case
            when applications.decision = 'pending' then 1
            when applications.decided_date > periods.period_end then 1
            when applications.decision = 'waitlisted' then 1
            else 0
        end as numerator,
        1 as denominator
    from applications
    inner join cohorts on applications.cohort_id = cohorts.cohort_id
    inner join periods
        on
            applications.submitted_date <= periods.period_end
            and coalesce(cohorts.end_date, {{ end_of_time() }}) > periods.period_end
    where applications.role_sought = 'mentee'
),

{{ count_rows('applications_of_open_cohorts', per_person=true) }}
