{% call metric() %}
label: Own goals kept up monthly
definition: Of the participants' own goals that ran in the period, the share that was set or updated in every complete month in which it ran.
formula: goals set or updated in each of their months / goals running
numerator: Goals that were set or updated in every complete month of the period in which they ran
denominator: Goals whose time from being set to being due reaches into the period
population: Goals set by participants
index_date: Months of the goal
belongs_on: on the day on which the goal was set
window: The month, or the last 24 complete months
exclusions: Goals without a due day. Months that are not over. People who said no to analytics. The interval takes goals as independent.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 2
headline: false
now: last_month
needs: [goal_results]
{% endcall %}

-- Of the participants' own goals that ran in the period, how many were written down or updated in every month in which they ran. A goal runs from the day on
-- which it was set to its due day; months that aren't over don't count.

with

participant_goals as (
    select * from {{ ref('participant_goals') }}
),

goal_updates as (
    select * from {{ ref('int_goal_updates') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

months as (
    select
        period_start as month_start,
        period_end as month_end
    from periods
    where period_kind = 'month'
),

goal_months as (
    select
        participant_goals.goal_id,
        participant_goals.programme_id,
        participant_goals.cohort_id,
        participant_goals.person_key,
        participant_goals.created_date,
        months.month_start,
        participant_goals.created_date >= months.month_start
        or exists (
            select 1
            from goal_updates
            where
                goal_updates.goal_id = participant_goals.goal_id
                and goal_updates.updated_date between months.month_start and months.month_end
        ) as is_updated
    from participant_goals
    inner join months
        on
            participant_goals.created_date <= months.month_end
            and participant_goals.due_date >= months.month_start
    where
        participant_goals.programme_id is not null
        and participant_goals.due_date is not null
),

goals_running as (
    select
        goal_months.programme_id,
        goal_months.cohort_id,
        goal_months.person_key,
        goal_months.created_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        case when bool_and(goal_months.is_updated) then 1 else 0 end as numerator,
        1 as denominator
    from goal_months
    inner join periods on goal_months.month_start between periods.period_start and periods.period_end
    group by
        goal_months.goal_id,
        goal_months.programme_id,
        goal_months.cohort_id,
        goal_months.person_key,
        goal_months.created_date,
        periods.period_kind,
        periods.period_start,
        periods.period_end
),

{{ rate_rows('goals_running') }}
