{% call metric() %}
label: Goal attainment, T-score
definition: Mean over people of the goal-attainment T-score of their goals due in the period; 50 is what was expected when the goals were set.
formula: 50 + 10 sum(w x) / sqrt((1 - r) sum(w^2) + r (sum w)^2), r = 0.3
numerator: Sum of people's T-scores
denominator: People with a scaled goal due
population: People with goals on the attainment scale
index_date: Due day of the goal
belongs_on: on the day on which the goal was set
window: The month, or everything to date
exclusions: Goals without a level. People who said no to analytics.
minimum_n: 5
direction: increase
unit: points
interval_method: t
owner: People analytics
version: 2
headline: false
now: last_wave
needs: [goal_results]
{% endcall %}

-- Mean over people of the goal-attainment T-score of their goals due in the period: 50 is what was expected when the goals were set.

with

participant_goals as (
    select * from {{ ref('participant_goals') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

scores_of_people as (
    select
        participant_goals.programme_id,
        participant_goals.cohort_id,
        participant_goals.person_key,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        {{ attainment_t_score('participant_goals.attainment_level', 'participant_goals.weight') }} as value,
        min(participant_goals.created_date) as belongs_on,
        max(participant_goals.due_date) as read_date,
        cast(null as varchar) as refusal
    from participant_goals
    inner join periods on participant_goals.due_date between periods.period_start and periods.period_end
    where
        participant_goals.programme_id is not null
        and participant_goals.attainment_level is not null
    group by all
),

{{ mean_rows('scores_of_people') }}
