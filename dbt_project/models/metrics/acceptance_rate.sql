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
