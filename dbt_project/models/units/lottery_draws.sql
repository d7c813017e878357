-- One row per cohort whose places were drawn and person in the draw, winners and losers alike: the arm that was drawn for them, and whether they took part as
-- mentees. People without consent to analytics are among them, so that who is lost is counted; no answer and no event of theirs is read.

with

draws as (
    select * from {{ ref('int_draws') }}
),

enrolments as (
    select * from {{ ref('enrolments') }}
),

taking_part as (
    select distinct
        cohort_id,
        person_key
    from enrolments
    where role = 'mentee'
),

final as (
    select
        draws.programme_id,
        draws.cohort_id,
        draws.person_key,
        draws.arm,
        draws.unit_id,
        draws.stratum,
        draws.drawn_date,
        taking_part.person_key is not null as took_part
    from draws
    left join taking_part
        on
            draws.cohort_id = taking_part.cohort_id
            and draws.person_key = taking_part.person_key
    where draws.assignment_rule = 'lottery'
)

select * from final
