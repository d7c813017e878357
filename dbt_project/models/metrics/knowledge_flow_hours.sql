{% call metric() %}
label: Hours of exchange
definition: Held hours, in all and from the mentor's department to the mentee's; an hour with several mentees counts for each of them.
formula: sum of hours
numerator: Hours held
denominator: Sessions held between people with a known department
population: Sessions of pairs whose members have a department
index_date: Planned day of the session
window: The month, or everything to date
exclusions: 'None: a complete count'
minimum_n: 1
direction: increase
unit: hours
interval_method: census
owner: People analytics
version: 1
headline: false
now: to_date
needs: [sessions, departments]
{% endcall %}

-- Held hours, in all and from the mentor's department to the mentee's.

with

session_departments as (
    select * from {{ ref('int_session_departments') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

hours_between_departments as (
    select
        session_departments.programme_id,
        session_departments.cohort_id,
        session_departments.mentee_person_key as person_key,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        'department_flow' as segment_kind,
        session_departments.mentor_department || ' > ' || session_departments.mentee_department as segment_value,
        session_departments.meeting_hours as numerator,
        1 as denominator
    from session_departments
    inner join periods on session_departments.session_date between periods.period_start and periods.period_end
    where
        session_departments.mentor_department is not null
        and session_departments.mentee_department is not null
),

{{ count_rows('hours_between_departments', own_segment='split') }}
