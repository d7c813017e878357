-- One row per answer about a participant's own goal: which of the respondent's goals (goal_1 ...), which part of it was asked for (category, months, progress,
-- attainment). A goal is the respondent's n-th in the pair, or in the programme where no pair is known.

with

responses as (
    select * from {{ ref('int_form_responses') }}
),

answers as (
    select * from {{ ref('stg_survey_answers') }}
),

questions as (
    select * from {{ ref('stg_survey_questions') }}
),

goal_questions as (
    select
        survey_id,
        question_id,
        split_part(stable_code, '.', 1) as goal_name,
        split_part(stable_code, '.', 2) as part
    from questions
    where split_part(stable_code, '.', 1) in ('goal_1', 'goal_2', 'goal_3')
),

final as (
    select
        responses.survey_id,
        responses.response_id,
        'form:' || responses.person_key || ':' || coalesce(responses.pair_id, responses.programme_id)
        || ':' || goal_questions.goal_name as goal_id,
        responses.person_key,
        responses.programme_id,
        responses.pair_id,
        responses.submitted_at,
        responses.submitted_date,
        goal_questions.part,
        answers.value_num,
        answers.value_code
    from responses
    inner join answers
        on
            responses.survey_id = answers.survey_id
            and responses.response_id = answers.response_id
    inner join goal_questions
        on
            answers.survey_id = goal_questions.survey_id
            and answers.question_id = goal_questions.question_id
    where answers.state = 'answered'
)

select * from final
