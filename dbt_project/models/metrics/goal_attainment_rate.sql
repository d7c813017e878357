-- Of the participants' goals due in the period, how many were reached. A goal that was dropped was not reached.

with

participant_goals as (
    select * from {{ ref('participant_goals') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

goals_due as (
    select
        participant_goals.programme_id,
        participant_goals.cohort_id,
        participant_goals.person_key,
        participant_goals.created_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        case when participant_goals.status = 'achieved' then 1 else 0 end as numerator,
        1 as denominator
    from participant_goals
    inner join periods on participant_goals.due_date between periods.period_start and periods.period_end
    where participant_goals.programme_id is not null
),

{{ rate_rows('goals_due') }}
