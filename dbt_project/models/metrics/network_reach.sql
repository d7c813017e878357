{% call metric() %}
label: Network reach
definition: Departments outside their own that mentees met through held sessions since enrolling, less those met before.
formula: mean of (departments after - departments before)
numerator: Sum of differences
denominator: Mentees with a department
population: Enrolled mentees with a department
index_date: Enrolment
belongs_on: on the day of enrolment
window: Everything up to the end of the period
exclusions: People who said no to analytics. Contacts outside mentoring are not seen.
minimum_n: 5
direction: increase
unit: departments
interval_method: t
owner: People analytics
version: 2
headline: false
now: to_date
needs: [sessions, departments]
{% endcall %}

-- Departments outside their own that mentees have met through held sessions since they enrolled, less those that they had met so before.

with

enrolments as (
    select * from {{ ref('enrolments') }}
),

session_departments as (
    select * from {{ ref('int_session_departments') }}
),

job_states as (
    select * from {{ ref('job_states') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

mentees_with_a_department as (
    select
        enrolments.programme_id,
        enrolments.cohort_id,
        enrolments.person_key,
        enrolments.enrolled_date
    from enrolments
    inner join job_states
        on
            enrolments.person_key = job_states.person_key
            and job_states.valid_from <= enrolments.enrolled_date
            and coalesce(job_states.valid_to, {{ end_of_time() }}) > enrolments.enrolled_date
            and job_states.department is not null
    where enrolments.role = 'mentee'
),

meetings_across_departments as (
    select
        mentee_person_key as person_key,
        session_date,
        mentor_department as department_met
    from session_departments
    where
        mentor_department is not null
        and mentor_department is distinct from mentee_department
),

departments_met as (
    select
        mentees.programme_id,
        mentees.cohort_id,
        mentees.person_key,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        mentees.enrolled_date as belongs_on,
        mentees.enrolled_date as read_date,
        cast(null as varchar) as refusal,
        cast(
            count(distinct meetings.department_met) filter (where meetings.session_date >= mentees.enrolled_date)
            - count(distinct meetings.department_met) filter (where meetings.session_date < mentees.enrolled_date)
            as double
        ) as value
    from mentees_with_a_department as mentees
    inner join periods on mentees.enrolled_date <= periods.period_end
    left join meetings_across_departments as meetings
        on
            mentees.person_key = meetings.person_key
            and meetings.session_date <= periods.period_end
    group by all
),

{{ mean_rows('departments_met') }}
