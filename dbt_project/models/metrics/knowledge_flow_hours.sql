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
