{% call metric() %}
label: Mentor load
definition: Mentees in open pairs per place that the enrolled mentors declared.
formula: active mentees / declared places
numerator: Mentees in open pairs on the day
denominator: Places declared by mentors enrolled on the day
population: Enrolled mentors who declared a capacity
index_date: Last day of the period
belongs_on: on the day of enrolment
window: One day
exclusions: Mentors without a declared capacity
minimum_n: 1
direction: neutral
unit: share
interval_method: census
owner: People analytics
version: 2
headline: false
now: last_month
{% endcall %}

-- Mentees in open pairs on the period's last day per place that enrolled mentors declared.

with

enrolments as (
    select * from {{ ref('enrolments') }}
),

applications as (
    select * from {{ ref('applications') }}
),

mentee_pairs as (
    select * from {{ ref('int_mentee_pairs') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

capacities_declared as (
    select
        cohort_id,
        person_key,
        max(capacity) as capacity
    from applications
    where
        role_sought = 'mentor'
        and capacity > 0
    group by cohort_id, person_key
),

mentors_on_the_last_day as (
    select
        enrolments.programme_id,
        enrolments.cohort_id,
        enrolments.person_key,
        enrolments.enrolled_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        capacities_declared.capacity as denominator
    from enrolments
    inner join capacities_declared
        on
            enrolments.cohort_id = capacities_declared.cohort_id
            and enrolments.person_key = capacities_declared.person_key
    inner join periods
        on
            enrolments.enrolled_date <= periods.period_end
            and coalesce(enrolments.ended_date, {{ end_of_time() }}) > periods.period_end
    where enrolments.role = 'mentor'
),

mentees_of_each_mentor as (
    select
        mentors.programme_id,
        mentors.cohort_id,
        mentors.person_key,
        mentors.belongs_on,
        mentors.period_kind,
        mentors.period_start,
        mentors.period_end,
        mentors.denominator,
        count(mentee_pairs.pair_id) as numerator
    from mentors_on_the_last_day as mentors
    left join mentee_pairs
        on
            mentors.cohort_id = mentee_pairs.cohort_id
            and mentors.person_key = mentee_pairs.mentor_person_key
            and mentee_pairs.began_date <= mentors.period_end
            and coalesce(mentee_pairs.ended_date, {{ end_of_time() }}) > mentors.period_end
    group by all
),

{{ ratio_rows('mentees_of_each_mentor') }}
