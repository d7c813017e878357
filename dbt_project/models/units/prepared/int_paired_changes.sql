-- One row per enrolled mentee, construct and cohort with a score before (first pre wave) and after (last post wave). Where the two waves were asked on another
-- scale the difference has no meaning and is refused.

with

scores as (
    select * from {{ ref('survey_scores') }}
),

enrolments as (
    select * from {{ ref('enrolments') }}
),

first_scores as (
    select * from scores
    where
        wave = 'pre'
        and person_key is not null
        and question_kind in ('scale_item', 'number')
    qualify row_number() over (
        partition by programme_id, construct, instrument, person_key order by answered_date, response_id
    ) = 1
),

last_scores as (
    select * from scores
    where
        wave = 'post'
        and person_key is not null
        and question_kind in ('scale_item', 'number')
    qualify row_number() over (
        partition by programme_id, construct, instrument, person_key order by answered_date desc, response_id desc
    ) = 1
),

final as (
    select
        last_scores.programme_id,
        enrolments.cohort_id,
        last_scores.person_key,
        last_scores.construct,
        last_scores.instrument,
        first_scores.answered_date as before_date,
        last_scores.answered_date as after_date,
        first_scores.score as score_before,
        last_scores.score as score_after,
        case when {{ scales_are_equal() }} then last_scores.score - first_scores.score end as change,
        case when not {{ scales_are_equal() }} then 'refused: the scale changed between the waves' end as refusal
    from last_scores
    inner join first_scores
        on
            last_scores.programme_id = first_scores.programme_id
            and last_scores.construct = first_scores.construct
            and last_scores.instrument = first_scores.instrument
            and last_scores.person_key = first_scores.person_key
            and first_scores.answered_date < last_scores.answered_date
    inner join enrolments
        on
            last_scores.programme_id = enrolments.programme_id
            and last_scores.person_key = enrolments.person_key
            and enrolments.role = 'mentee'
            and last_scores.answered_date >= enrolments.enrolled_date
    qualify row_number() over (
        partition by last_scores.programme_id, last_scores.person_key, last_scores.construct, last_scores.instrument
        order by enrolments.enrolled_date desc, enrolments.cohort_id
    ) = 1
)

select * from final
