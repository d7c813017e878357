{% call metric() %}
label: Left out by their own wish
definition: Enrolled people who said no to analytics and are in no person-level figure.
formula: count of distinct people
numerator: Enrolled people without consent
denominator: People enrolled
population: Everybody given a place
index_date: As-of day
belongs_on: on the day of enrolment
window: Everything to date
exclusions: 'None: a complete count'
minimum_n: 1
direction: neutral
unit: people
interval_method: census
owner: People analytics
version: 2
headline: false
now: to_date
{% endcall %}

-- Enrolled people who said no to analytics: they are in no person-level figure, and this is how many.

with

enrolments as (
    select * from {{ ref('enrolments') }}
),

without_consent as (
    select * from {{ ref('int_people_without_consent') }}
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
        case when without_consent.person_key is not null then 1 else 0 end as numerator,
        1 as denominator
    from enrolments
    inner join periods
        on
            enrolments.enrolled_date <= periods.period_end
            and periods.period_kind = 'to_date'
    left join without_consent on enrolments.person_key = without_consent.person_key
),

{{ count_rows('people_enrolled', per_person=true) }}
