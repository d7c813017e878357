{% call metric() %}
label: Survey response
definition: Complete responses per invitation that was delivered.
formula: complete / delivered
numerator: Complete responses
denominator: Invitations delivered
population: People invited to a survey of the programme
index_date: Day of the invitation
belongs_on: on the day of the invitation
window: By the month of the invitation, as known on the as-of day
exclusions: Previews, tests, spam and bounced invitations. People who said no to analytics.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 2
headline: true
now: last_month
own_months: true
{% endcall %}

-- Complete responses over invitations that were delivered. By segment it shows who answered. Responses to anonymous surveys are counted, not joined.

with

invitations as (
    select * from {{ ref('survey_invitations') }}
),

responses as (
    select * from {{ ref('int_survey_responses_selected') }}
),

surveys as (
    select * from {{ ref('stg_surveys') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

people_who_answered as (
    select distinct
        survey_id,
        person_key
    from responses
    where
        is_selected
        and person_key is not null
),

invitations_answered as (
    select
        invitations.programme_id,
        invitations.cohort_id,
        invitations.person_key,
        invitations.sent_date as counted_date,
        case when people_who_answered.person_key is not null then 1 else 0 end as numerator,
        1 as denominator
    from invitations
    left join people_who_answered
        on
            invitations.survey_id = people_who_answered.survey_id
            and invitations.person_key = people_who_answered.person_key
    where invitations.is_delivered
),

first_invitations as (
    select
        survey_id,
        min(sent_date) as counted_date
    from invitations
    group by survey_id
),

anonymous_answers as (
    select
        surveys.programme_id,
        surveys.cohort_id,
        cast(null as varchar) as person_key,
        first_invitations.counted_date,
        1 as numerator,
        0 as denominator
    from responses
    inner join surveys
        on
            responses.survey_id = surveys.survey_id
            and surveys.anonymity = 'anonymous'
    inner join first_invitations on responses.survey_id = first_invitations.survey_id
    where responses.is_selected
),

answers_united as (
    select * from invitations_answered
    union all
    select * from anonymous_answers
),

answers_in_periods as (
    select
        answers_united.*,
        answers_united.counted_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end
    from answers_united
    inner join periods on answers_united.counted_date between periods.period_start and periods.period_end
),

{{ rate_rows('answers_in_periods') }}
