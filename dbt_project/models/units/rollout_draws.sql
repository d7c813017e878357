-- One row per programme and person who was drawn to a start of a staggered rollout, in the last draw they were in: everybody counts with the start that was
-- drawn for them. Whoever was drawn to none (arm control) has no day. People without consent to analytics are left out and counted elsewhere.

with

applications as (
    select * from {{ ref('applications') }}
),

cohorts as (
    select * from {{ ref('cohorts') }}
),

without_consent as (
    select * from {{ ref('int_people_without_consent') }}
),

starts as (
    select * from {{ ref('int_mentoring_starts') }}
),

final as (
    select
        applications.programme_id,
        applications.person_key,
        applications.cohort_id,
        coalesce(applications.assignment_unit, applications.person_key) as unit_id,
        applications.assignment_stratum as stratum,
        case when applications.assigned_arm != 'control' then cohorts.start_date end as starts_on,
        starts.began_date
    from applications
    inner join cohorts on applications.cohort_id = cohorts.cohort_id
    left join without_consent on applications.person_key = without_consent.person_key
    left join starts
        on
            applications.programme_id = starts.programme_id
            and applications.person_key = starts.person_key
    where
        cohorts.assignment_rule = 'staggered'
        and applications.assigned_arm is not null
        and applications.role_sought = 'mentee'
        and without_consent.person_key is null
    qualify row_number() over (
        partition by applications.programme_id, applications.person_key
        order by applications.submitted_at desc, applications.application_id
    ) = 1
)

select * from final
