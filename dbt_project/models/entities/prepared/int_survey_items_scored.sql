-- One row per numeric answer of a selected response, turned round where a high answer means little of the construct.
-- An answer outside the question's scale is no answer.

with

answers as (
    select * from {{ ref('stg_survey_answers') }}
),

questions as (
    select * from {{ ref('stg_survey_questions') }}
),

responses as (
    select * from {{ ref('int_survey_responses_selected') }}
),

final as (
    select
        responses.survey_id,
        responses.response_id,
        responses.person_key,
        responses.pair_id,
        responses.submitted_date,
        questions.question_id,
        questions.stable_code,
        questions.question_kind,
        coalesce(
            questions.construct,
            case when questions.question_kind in ('csat', 'recommendation') then questions.question_kind end,
            questions.stable_code
        ) as construct,
        questions.scale_min,
        questions.scale_max,
        questions.unit,
        case
            when questions.reverse_scored then questions.scale_min + questions.scale_max - answers.value_num
            else answers.value_num
        end as item_score
    from answers
    inner join questions
        on
            answers.survey_id = questions.survey_id
            and answers.question_id = questions.question_id
    inner join responses
        on
            answers.survey_id = responses.survey_id
            and answers.response_id = responses.response_id
    where
        responses.is_selected
        and answers.state = 'answered'
        and answers.value_num is not null
        and questions.question_kind != 'text'
        and (questions.scale_min is null or answers.value_num >= questions.scale_min)
        and (questions.scale_max is null or answers.value_num <= questions.scale_max)
)

select * from final
