{% call metric() %}
label: Participants
definition: People enrolled at any time of the period, mentees and mentors.
formula: count of distinct people
numerator: People enrolled
denominator: People enrolled
population: Everybody given a place
index_date: Enrolment
belongs_on: on the day of enrolment
window: The month, or everything to date
exclusions: 'None: a complete count'
minimum_n: 1
direction: increase
unit: people
interval_method: census
owner: People analytics
version: 2
headline: true
now: to_date
{% endcall %}

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
