-- One row per submission, selected or not, with the reason. Selected: the last complete one of a respondent to a survey; in an anonymous survey every
-- complete one, and no person is joined to it.

with

responses as (
    select * from {{ ref('stg_survey_responses') }}
),

surveys as (
    select * from {{ ref('stg_surveys') }}
),

respondents_resolved as (
    select
        responses.survey_id,
        responses.response_id,
        responses.status,
        responses.submitted_at,
        responses.submitted_date,
        responses.pair_id,
        surveys.anonymity,
        case when surveys.anonymity != 'anonymous' then {{ person_key('responses.respondent_person_id', 'people') }} end as person_key
    from responses
    inner join surveys on responses.survey_id = surveys.survey_id
    {{ join_person(
        'responses.respondent_person_id',
        'coalesce(responses.submitted_date, surveys.opened_date, surveys.closed_date)',
        'people'
    ) }}
),

completes_ranked as (
    select
        *,
        case
            when status = 'complete'
                then row_number() over (
                    partition by survey_id, status, coalesce(person_key, response_id)
                    order by submitted_at desc nulls last, response_id desc
                )
        end as place
    from respondents_resolved
),

final as (
    select
        survey_id,
        response_id,
        person_key,
        submitted_at,
        submitted_date,
        pair_id,
        status,
        coalesce(place = 1, false) as is_selected,
        status = 'partial' as is_partial,
        case
            when status in ('preview', 'test', 'spam') then status
            when status = 'partial' then 'partial'
            when place > 1 then 'answered again later'
        end as left_out_because
    from completes_ranked
)

select * from final
