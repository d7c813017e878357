-- One row per cohort whose places or starts were drawn and person in the draw, winners and losers alike. `has_consent`: whether the person may be analysed;
-- those who said no are counted among the drawn, so that a loss on one side shows, and nothing else is read of them.

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

final as (
    select
        applications.programme_id,
        applications.cohort_id,
        cohorts.assignment_rule,
        applications.person_key,
        applications.application_id,
        applications.submitted_at,
        applications.assigned_arm as arm,
        coalesce(applications.assignment_unit, applications.person_key) as unit_id,
        applications.assignment_stratum as stratum,
        cohorts.start_date,
        least(coalesce(applications.decided_date, cohorts.start_date), cohorts.start_date) as drawn_date,
        without_consent.person_key is null as has_consent
    from applications
    inner join cohorts on applications.cohort_id = cohorts.cohort_id
    left join without_consent on applications.person_key = without_consent.person_key
    where
        cohorts.assignment_rule in ('lottery', 'staggered')
        and applications.assigned_arm is not null
        and applications.role_sought = 'mentee'
    qualify row_number() over (
        partition by applications.cohort_id, applications.person_key
        order by applications.submitted_at desc, applications.application_id
    ) = 1
)

select * from final
