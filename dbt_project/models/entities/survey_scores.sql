-- One row per selected response and construct: the mean of its items after reverse coding, where at least half of them were answered.

with

items as (
    select * from {{ ref('int_survey_items_scored') }}
),

questions as (
    select * from {{ ref('stg_survey_questions') }}
),

surveys as (
    select * from {{ ref('stg_surveys') }}
),

enrolments as (
    select * from {{ ref('enrolments') }}
),

items_asked as (
    select
        survey_id,
        coalesce(
            construct,
            case when question_kind in ('csat', 'recommendation') then question_kind end,
            stable_code
        ) as construct,
        count(*) as items_asked
    from questions
    where question_kind != 'text'
    group by all
),

constructs_scored as (
    select
        survey_id,
        response_id,
        construct,
        any_value(person_key) as person_key,
        any_value(pair_id) as pair_id,
        any_value(submitted_date) as submitted_date,
        any_value(question_kind order by question_id) as question_kind,
        any_value(scale_min order by question_id) as scale_min,
        any_value(scale_max order by question_id) as scale_max,
        any_value(unit order by question_id) as unit,
        count(distinct question_id) as items_answered,
        avg(item_score) as score
    from items
    group by survey_id, response_id, construct
),

-- a survey sent to a whole programme belongs to the cohort in which its respondent was enrolled last
cohort_of_the_respondent as (
    select
        constructs_scored.survey_id,
        constructs_scored.response_id,
        max_by(enrolments.cohort_id, (enrolments.enrolled_date, enrolments.cohort_id)) as cohort_id
    from constructs_scored
    inner join surveys
        on
            constructs_scored.survey_id = surveys.survey_id
            and surveys.cohort_id is null
    inner join enrolments
        on
            surveys.programme_id = enrolments.programme_id
            and constructs_scored.person_key = enrolments.person_key
    group by all
),

final as (
    select
        constructs_scored.survey_id,
        constructs_scored.response_id,
        constructs_scored.construct,
        surveys.programme_id,
        coalesce(surveys.cohort_id, cohort_of_the_respondent.cohort_id) as cohort_id,
        surveys.instrument,
        surveys.wave,
        cast(surveys.wave_no as integer) as wave_no,
        surveys.months_since_start,
        surveys.respondent_role,
        constructs_scored.person_key,
        constructs_scored.pair_id,
        coalesce(constructs_scored.submitted_date, surveys.closed_date, surveys.opened_date) as answered_date,
        constructs_scored.question_kind,
        constructs_scored.score,
        cast(constructs_scored.items_answered as integer) as items_answered,
        cast(items_asked.items_asked as integer) as items_asked,
        constructs_scored.scale_min,
        constructs_scored.scale_max,
        constructs_scored.unit
    from constructs_scored
    inner join surveys on constructs_scored.survey_id = surveys.survey_id
    inner join items_asked
        on
            constructs_scored.survey_id = items_asked.survey_id
            and constructs_scored.construct = items_asked.construct
    left join cohort_of_the_respondent
        on
            constructs_scored.survey_id = cohort_of_the_respondent.survey_id
            and constructs_scored.response_id = cohort_of_the_respondent.response_id
    where 2 * constructs_scored.items_answered >= items_asked.items_asked
)

select * from final
