-- One row per programme and person who asked for a mentee's place in a cohort that wasn't randomised, got none and never began: the day by which half of the
-- cohort had begun, whose month would have been theirs. In them the programme can have done nothing.

with

applications as (
    select * from {{ ref('applications') }}
),

starts as (
    select * from {{ ref('int_mentoring_starts') }}
),

cohorts_begun as (
    select
        cohort_id,
        quantile_disc(began_date, 0.5) as began_date
    from starts
    where not is_by_lot
    group by cohort_id
),

final as (
    select
        applications.programme_id,
        applications.person_key,
        min(cohorts_begun.began_date) as others_began_date,
        -- somebody chose against who was rejected; who waited was kept out by the lack of places
        case when max(case when applications.decision = 'rejected' then 1 else 0 end) = 1 then 'rejected' else 'waited' end as asked_in_vain
    from applications
    inner join cohorts_begun on applications.cohort_id = cohorts_begun.cohort_id
    left join starts
        on
            applications.programme_id = starts.programme_id
            and applications.person_key = starts.person_key
    where
        applications.role_sought = 'mentee'
        and applications.decision in ('rejected', 'waitlisted', 'pending')
        and applications.is_known_person
        and starts.person_key is null
    group by applications.programme_id, applications.person_key
)

select * from final
