{% call metric() %}
label: Participants' goals reached, by kind
definition: 'Of the participants'' own goals due so far, the share that was reached: by kind of goal, and by the role of whoever set it.'
formula: goals reached / goals due, by kind and by role
numerator: Goals with status achieved
denominator: Goals due so far
population: Goals set by participants
index_date: Due day of the goal
window: Everything to date
exclusions: Goals without a due day. People who said no to analytics. The interval takes goals as independent.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 1
headline: false
now: to_date
needs: [goal_results]
{% endcall %}

-- Of the participants' own goals due in the period, how many were reached: by kind of goal, and by the role of whoever set it.

with

participant_goals as (
    select * from {{ ref('participant_goals') }}
),

pair_members as (
    select * from {{ ref('pair_members') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

roles_of_owners as (
    select
        pair_id,
        person_key,
        min(role) as role
    from pair_members
    group by pair_id, person_key
),

goals_due as (
    select
        participant_goals.programme_id,
        participant_goals.cohort_id,
        participant_goals.person_key,
        participant_goals.category,
        roles_of_owners.role,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        case when participant_goals.status = 'achieved' then 1 else 0 end as numerator,
        1 as denominator
    from participant_goals
    inner join periods on participant_goals.due_date between periods.period_start and periods.period_end
    left join roles_of_owners
        on
            participant_goals.pair_id = roles_of_owners.pair_id
            and participant_goals.person_key = roles_of_owners.person_key
    where
        participant_goals.programme_id is not null
        and periods.period_kind = 'to_date'
),

goals_in_segments as (
    select
        * exclude (category, role),
        'goal_kind' as segment_kind,
        category as segment_value
    from goals_due
    where category is not null
    union all
    select
        * exclude (category, role),
        'goal_owner' as segment_kind,
        role as segment_value
    from goals_due
    where role is not null
),

{{ rate_rows('goals_in_segments', own_segment='given') }}
