-- Of those who could have taken part as a mentee on the cohort's roster day, how many enrolled.

with

eligible as (
    select * from {{ ref('int_population_eligible') }}
),

enrolments as (
    select * from {{ ref('enrolments') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

eligible_people_enrolled as (
    select
        eligible.programme_id,
        eligible.cohort_id,
        eligible.person_key,
        eligible.roster_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        case when enrolments.enrolled_date <= periods.period_end then 1 else 0 end as numerator,
        1 as denominator
    from eligible
    inner join periods on eligible.roster_date between periods.period_start and periods.period_end
    left join enrolments
        on
            eligible.cohort_id = enrolments.cohort_id
            and eligible.person_key = enrolments.person_key
            and enrolments.role = 'mentee'
),

{{ rate_rows('eligible_people_enrolled', per_person=true) }}
