-- One row per pair and milestone that a form of its programme asks about, answered or not, with the day on which the plan has it due: goals and agreement in
-- the first month, the check-in at half of the agreed time, the closing at its end. A pair without an agreed end has no day for the last two.

with

surveys as (
    select * from {{ ref('stg_surveys') }}
),

questions as (
    select * from {{ ref('stg_survey_questions') }}
),

answers as (
    select * from {{ ref('stg_survey_answers') }}
),

responses as (
    select * from {{ ref('int_form_responses') }}
),

pairs as (
    select * from {{ ref('stg_pairs') }}
),

cohorts as (
    select * from {{ ref('stg_cohorts') }}
),

agreement_questions as (
    select
        survey_id,
        question_id
    from questions
    where stable_code = 'milestone.agreement_signed'
),

milestones_asked as (
    select
        programme_id,
        cohort_id,
        milestone
    from surveys
    where milestone is not null
    union
    select
        surveys.programme_id,
        surveys.cohort_id,
        'agreement_signed' as milestone
    from surveys
    inner join agreement_questions on surveys.survey_id = agreement_questions.survey_id
),

milestones_reached as (
    select
        pair_id,
        milestone,
        submitted_date
    from responses
    where milestone is not null and pair_id is not null
    union all
    select
        responses.pair_id,
        'agreement_signed' as milestone,
        responses.submitted_date
    from responses
    inner join answers
        on
            responses.survey_id = answers.survey_id
            and responses.response_id = answers.response_id
    inner join agreement_questions
        on
            answers.survey_id = agreement_questions.survey_id
            and answers.question_id = agreement_questions.question_id
    where answers.value_code = 'yes' and responses.pair_id is not null
),

first_reached as (
    select
        pair_id,
        milestone,
        min(submitted_date) as done_date
    from milestones_reached
    group by pair_id, milestone
),

pairs_planned as (
    select
        pairs.pair_id,
        pairs.programme_id,
        pairs.cohort_id,
        pairs.source_instance,
        coalesce(pairs.actual_start_date, pairs.planned_start_date) as start_date,
        coalesce(pairs.planned_end_date, cohorts.end_date) as end_date
    from pairs
    left join cohorts on pairs.cohort_id = cohorts.cohort_id
),

milestones_planned as (
    select distinct
        pairs_planned.pair_id,
        pairs_planned.programme_id,
        milestones_asked.milestone,
        case
            when milestones_asked.milestone in ('agreement_signed', 'goals_set')
                then pairs_planned.start_date + {{ var('goals_within_days') }}
            when milestones_asked.milestone = 'mid_check_in'
                then
                    pairs_planned.start_date
                    + cast(floor({{ dbt.datediff('pairs_planned.start_date', 'pairs_planned.end_date', 'day') }} / 2) as integer)
            else pairs_planned.end_date
        end as due_date
    from pairs_planned
    inner join milestones_asked
        on
            pairs_planned.programme_id = milestones_asked.programme_id
            and (milestones_asked.cohort_id is null or pairs_planned.cohort_id = milestones_asked.cohort_id)
    where pairs_planned.start_date is not null
),

final as (
    select
        milestones_planned.pair_id,
        milestones_planned.programme_id,
        milestones_planned.milestone,
        milestones_planned.due_date,
        first_reached.done_date
    from milestones_planned
    left join first_reached
        on
            milestones_planned.pair_id = first_reached.pair_id
            and milestones_planned.milestone = first_reached.milestone
)

select * from final
