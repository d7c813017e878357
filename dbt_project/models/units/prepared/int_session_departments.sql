-- One row per held session, mentee and mentor of its pair, with both people's department on the day.

with

sessions as (
    select * from {{ ref('sessions') }}
),

members as (
    select * from {{ ref('pair_members') }}
),

job_states as (
    select * from {{ ref('job_states') }}
),

final as (
    select
        sessions.session_id,
        sessions.pair_id,
        sessions.programme_id,
        sessions.cohort_id,
        sessions.session_date,
        sessions.meeting_hours,
        mentees.person_key as mentee_person_key,
        mentors.person_key as mentor_person_key,
        mentee_jobs.department as mentee_department,
        mentor_jobs.department as mentor_department
    from sessions
    inner join members as mentees
        on
            sessions.pair_id = mentees.pair_id
            and mentees.role = 'mentee'
    inner join members as mentors
        on
            sessions.pair_id = mentors.pair_id
            and mentors.role = 'mentor'
    left join job_states as mentee_jobs
        on
            mentees.person_key = mentee_jobs.person_key
            and mentee_jobs.valid_from <= sessions.session_date
            and coalesce(mentee_jobs.valid_to, {{ end_of_time() }}) > sessions.session_date
    left join job_states as mentor_jobs
        on
            mentors.person_key = mentor_jobs.person_key
            and mentor_jobs.valid_from <= sessions.session_date
            and coalesce(mentor_jobs.valid_to, {{ end_of_time() }}) > sessions.session_date
    where sessions.status = 'held'
)

select * from final
