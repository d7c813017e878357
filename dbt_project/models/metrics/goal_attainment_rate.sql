{% call metric() %}
label: Participants' goals reached
definition: Of the participants' own goals due in the period, the share that was reached. A dropped goal was not reached.
formula: goals reached / goals due
numerator: Goals with status achieved
denominator: Goals due in the period
population: Goals set by participants
index_date: Due day of the goal
belongs_on: on the day on which the goal was set
window: The month, or everything to date
exclusions: Goals without a due day. People who said no to analytics. The interval takes goals as independent.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 2
headline: false
now: last_month
own_months: true
needs: [goal_results]
{% endcall %}

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
