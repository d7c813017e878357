-- One row per intake of a programme.

with

cohorts as (
    select * from {{ ref('stg_cohorts') }}
),

final as (
    select
        cohort_id,
        programme_id,
        name,
        roster_date,
        application_opens_date,
        application_closes_date,
        start_date,
        end_date,
        cast(capacity_mentees as integer) as capacity_mentees,
        cast(capacity_mentors as integer) as capacity_mentors,
        assignment_rule,
        status
    from cohorts
)

select * from final
