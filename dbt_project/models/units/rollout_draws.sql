-- One row per programme and person who was drawn to a start of a staggered rollout, in the last draw they were in: everybody counts with the start that was
-- drawn for them. Whoever was drawn to none (arm control) has no day. People without consent to analytics are left out and counted elsewhere.

with

draws as (
    select * from {{ ref('int_draws') }}
),

starts as (
    select * from {{ ref('int_mentoring_starts') }}
),

final as (
    select
        draws.programme_id,
        draws.person_key,
        draws.cohort_id,
        draws.unit_id,
        draws.stratum,
        case when draws.arm != 'control' then draws.start_date end as starts_on,
        starts.began_date
    from draws
    left join starts
        on
            draws.programme_id = starts.programme_id
            and draws.person_key = starts.person_key
    where
        draws.assignment_rule = 'staggered'
        and draws.has_consent
    qualify row_number() over (
        partition by draws.programme_id, draws.person_key
        order by draws.submitted_at desc, draws.application_id
    ) = 1
)

select * from final
