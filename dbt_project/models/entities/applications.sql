-- One row per application ever made. Rejected, wait-listed and withdrawn ones stay, and so do those that the source no longer delivers:
-- they are the comparison group.

with

applications as (
    select * from {{ ref('stg_applications') }}
),

final as (
    select
        applications.application_id,
        applications.programme_id,
        applications.cohort_id,
        {{ person_key('applications.person_id', 'applicants') }} as person_key,
        {{ is_counted_person('applicants') }} as is_known_person,
        applications.role_sought,
        applications.decision,
        applications.submitted_at,
        applications.decided_at,
        applications.submitted_date,
        applications.decided_date,
        cast(applications.capacity as integer) as capacity,
        applications.assigned_arm,
        applications.assignment_unit,
        applications.assignment_stratum,
        applications.is_deleted
    from applications
    {{ join_person('applications.person_id', 'applications.submitted_date', 'applicants') }}
)

select * from final
