-- People enrolled at any time of the period, mentees and mentors.

with

enrolments as (
    select * from {{ ref('enrolments') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

people_enrolled as (
    select
        enrolments.programme_id,
        enrolments.cohort_id,
        enrolments.person_key,
        enrolments.enrolled_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        1 as numerator,
        1 as denominator
    from enrolments
    inner join periods
        on
            enrolments.enrolled_date <= periods.period_end
            and coalesce(enrolments.ended_date, {{ end_of_time() }}) >= periods.period_start
),

{{ count_rows('people_enrolled', per_person=true) }}
