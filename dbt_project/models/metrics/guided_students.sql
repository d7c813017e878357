{% call metric() %}
label: Students guided
definition: Students with an alumni mentor and the agreed number of sessions held.
formula: count of distinct students
numerator: Students with the agreed sessions held
denominator: Students enrolled
population: Enrolled students
index_date: Last day of the period
belongs_on: on the day of enrolment
window: Everything up to the end of the period
exclusions: 'None: a complete count'
minimum_n: 1
direction: increase
unit: people
interval_method: census
owner: People analytics
version: 2
headline: true
now: to_date
needs: [sessions]
{% endcall %}

-- Students with an alumni mentor and the agreed number of sessions held by the period's last day; the denominator is all students enrolled by then.

with

enrolments as (
    select * from {{ ref('enrolments') }}
),

persons as (
    select * from {{ ref('persons') }}
),

programmes as (
    select * from {{ ref('programmes') }}
),

mentee_pairs as (
    select * from {{ ref('int_mentee_pairs') }}
),

sessions as (
    select * from {{ ref('sessions') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

students_enrolled as (
    select
        enrolments.programme_id,
        enrolments.cohort_id,
        enrolments.person_key,
        enrolments.enrolled_date,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        coalesce(programmes.planned_sessions, 1) as planned_sessions
    from enrolments
    inner join programmes
        on
            enrolments.programme_id = programmes.programme_id
            and programmes.population_person_kind = 'student'
    inner join periods on enrolments.enrolled_date <= periods.period_end
    where enrolments.role = 'mentee'
),

sessions_with_alumni as (
    select
        mentee_pairs.cohort_id,
        mentee_pairs.person_key,
        sessions.session_date
    from mentee_pairs
    inner join persons
        on
            mentee_pairs.mentor_person_key = persons.person_key
            and persons.person_kind = 'alumnus'
    inner join sessions
        on
            mentee_pairs.pair_id = sessions.pair_id
            and sessions.status = 'held'
),

students_guided as (
    select
        students_enrolled.programme_id,
        students_enrolled.cohort_id,
        students_enrolled.person_key,
        students_enrolled.enrolled_date as belongs_on,
        students_enrolled.period_kind,
        students_enrolled.period_start,
        students_enrolled.period_end,
        case when count(sessions_with_alumni.session_date) >= students_enrolled.planned_sessions then 1 else 0 end as numerator,
        1 as denominator
    from students_enrolled
    left join sessions_with_alumni
        on
            students_enrolled.cohort_id = sessions_with_alumni.cohort_id
            and students_enrolled.person_key = sessions_with_alumni.person_key
            and sessions_with_alumni.session_date <= students_enrolled.period_end
    group by
        students_enrolled.programme_id,
        students_enrolled.cohort_id,
        students_enrolled.person_key,
        students_enrolled.enrolled_date,
        students_enrolled.period_kind,
        students_enrolled.period_start,
        students_enrolled.period_end,
        students_enrolled.planned_sessions
),

{{ count_rows('students_guided', per_person=true) }}
