{% call metric() %}
label: Milestones done
definition: Of the milestones due in the period, the share that was done by its end.
formula: milestones done / milestones due
numerator: Milestones due in the period and done by its last day
denominator: Milestones due in the period
population: Milestones of pairs that began
index_date: Due day
belongs_on: when the pair began
window: The month, or everything to date
exclusions: Milestones due after their pair had ended. People who said no to analytics.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 2
headline: false
now: last_month
own_months: true
needs: [done_milestones]
{% endcall %}

-- Of the milestones due in the period, how many were done by its last day.

with

milestones as (
    select * from {{ ref('milestones') }}
),

pairs as (
    select * from {{ ref('pairs') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

-- a milestone that fell due after its pair had ended was never due
milestones_due as (
    select
        milestones.programme_id,
        milestones.cohort_id,
        milestones.mentee_person_key as person_key,
        pairs.started_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        case when milestones.done_date <= periods.period_end then 1 else 0 end as numerator,
        1 as denominator
    from milestones
    inner join pairs on milestones.pair_id = pairs.pair_id
    inner join periods on milestones.due_date between periods.period_start and periods.period_end
    where
        pairs.started_date is not null
        and (pairs.ended_date is null or pairs.ended_date >= milestones.due_date)
),

{{ rate_rows('milestones_due') }}
