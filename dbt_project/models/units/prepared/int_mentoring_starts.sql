-- One row per programme and person who was given a place as a mentee: the day the mentoring began for the first time, which is the first pair's start,
-- or the cohort's where no pair was made. That day is the clock of every comparison.

with

enrolments as (
    select * from {{ ref('enrolments') }}
),

cohorts as (
    select * from {{ ref('cohorts') }}
),

mentee_pairs as (
    select * from {{ ref('int_mentee_pairs') }}
),

first_pairs as (
    select
        cohort_id,
        person_key,
        min(began_date) as began_date
    from mentee_pairs
    group by cohort_id, person_key
),

final as (
    select
        enrolments.programme_id,
        enrolments.person_key,
        enrolments.cohort_id,
        coalesce(first_pairs.began_date, greatest(enrolments.enrolled_date, cohorts.start_date)) as began_date,
        cohorts.assignment_rule = 'lottery' as is_by_lot
    from enrolments
    inner join cohorts on enrolments.cohort_id = cohorts.cohort_id
    left join first_pairs
        on
            enrolments.cohort_id = first_pairs.cohort_id
            and enrolments.person_key = first_pairs.person_key
    where
        enrolments.role = 'mentee'
        and coalesce(first_pairs.began_date, greatest(enrolments.enrolled_date, cohorts.start_date)) <= {{ as_of_date() }}
    qualify row_number() over (
        partition by enrolments.programme_id, enrolments.person_key
        order by began_date, enrolments.cohort_id
    ) = 1
)

select * from final
