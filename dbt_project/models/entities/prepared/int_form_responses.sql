-- One row per complete response of somebody known, with the pair that it can only be of: the one that it names, else the respondent's only pair in the
-- programme and role at the time, or the only open one of several. Goals may be set shortly before the start, and a closing is answered in the weeks
-- after the end.

with

responses as (
    select * from {{ ref('int_survey_responses_selected') }}
),

surveys as (
    select * from {{ ref('stg_surveys') }}
),

members as (
    select * from {{ ref('int_pair_members') }}
),

known_responses as (
    select
        responses.survey_id,
        responses.response_id,
        responses.person_key,
        responses.submitted_at,
        responses.submitted_date,
        responses.pair_id,
        surveys.programme_id,
        surveys.respondent_role,
        surveys.milestone
    from responses
    inner join surveys on responses.survey_id = surveys.survey_id
    where
        responses.status = 'complete'
        and responses.person_key is not null
        and responses.submitted_date is not null
),

possible_pairs as (
    select
        known_responses.survey_id,
        known_responses.response_id,
        members.pair_id,
        members.left_date is null or members.left_date >= known_responses.submitted_date as is_open
    from known_responses
    inner join members
        on
            known_responses.person_key = members.person_key
            and known_responses.programme_id = members.programme_id
            and known_responses.respondent_role = members.role
            and (
                members.joined_date is null
                or members.joined_date <= known_responses.submitted_date + {{ var('goals_within_days') }}
            )
            and (
                members.left_date is null
                or members.left_date + {{ var('closing_answered_days') }} >= known_responses.submitted_date
            )
    where known_responses.pair_id is null or known_responses.pair_id = members.pair_id
),

pairs_found as (
    select
        survey_id,
        response_id,
        case
            when count(distinct pair_id) = 1 then min(pair_id)
            when count(distinct case when is_open then pair_id end) = 1 then min(case when is_open then pair_id end)
        end as pair_id
    from possible_pairs
    group by survey_id, response_id
),

final as (
    select
        known_responses.survey_id,
        known_responses.response_id,
        known_responses.person_key,
        known_responses.submitted_at,
        known_responses.submitted_date,
        known_responses.programme_id,
        known_responses.milestone,
        pairs_found.pair_id
    from known_responses
    left join pairs_found
        on
            known_responses.survey_id = pairs_found.survey_id
            and known_responses.response_id = pairs_found.response_id
)

select * from final
