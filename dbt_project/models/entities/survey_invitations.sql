-- One row per survey and invited person: the denominator of every response rate.

with

invitations as (
    select * from {{ ref('stg_survey_invitations') }}
),

surveys as (
    select * from {{ ref('stg_surveys') }}
),

final as (
    select
        invitations.survey_id,
        surveys.programme_id,
        surveys.cohort_id,
        {{ person_key('invitations.person_id', 'people') }} as person_key,
        min(invitations.sent_date) as sent_date,
        bool_or(invitations.is_delivered) as is_delivered
    from invitations
    inner join surveys on invitations.survey_id = surveys.survey_id
    {{ join_person('invitations.person_id', 'invitations.sent_date', 'people') }}
    where {{ is_counted_person('people') }}
    group by all
)

select * from final
