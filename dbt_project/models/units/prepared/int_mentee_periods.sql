-- One row per enrolled mentee and period in which the enrolment ran, with whether a pair was open on the last day, or at any time of the period.

with

enrolments as (
    select * from {{ ref('enrolments') }}
),

mentee_pairs as (
    select * from {{ ref('int_mentee_pairs') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

enrolments_in_the_period as (
    select
        enrolments.programme_id,
        enrolments.cohort_id,
        enrolments.person_key,
        enrolments.enrolled_date,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        enrolments.ended_date is null or enrolments.ended_date > periods.period_end as is_enrolled_at_the_end
    from enrolments
    inner join periods
        on
            enrolments.enrolled_date <= periods.period_end
            and coalesce(enrolments.ended_date, {{ end_of_time() }}) >= periods.period_start
    where enrolments.role = 'mentee'
),

final as (
    select
        enrolled.programme_id,
        enrolled.cohort_id,
        enrolled.person_key,
        enrolled.enrolled_date,
        enrolled.period_kind,
        enrolled.period_start,
        enrolled.period_end,
        enrolled.is_enrolled_at_the_end,
        count(mentee_pairs.pair_id) > 0 as has_pair_in_the_period,
        coalesce(
            bool_or(mentee_pairs.ended_date is null or mentee_pairs.ended_date > enrolled.period_end)
            filter (where mentee_pairs.pair_id is not null),
            false
        ) as has_pair_at_the_end
    from enrolments_in_the_period as enrolled
    left join mentee_pairs
        on
            enrolled.cohort_id = mentee_pairs.cohort_id
            and enrolled.person_key = mentee_pairs.person_key
            and mentee_pairs.began_date <= enrolled.period_end
            and coalesce(mentee_pairs.ended_date, {{ end_of_time() }}) > enrolled.period_start
    group by all
)

select * from final
