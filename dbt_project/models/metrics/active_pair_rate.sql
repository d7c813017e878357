{% call metric() %}
label: Active pairs, share
definition: Of the pairs open on the day, the share that held a session in the 30 days up to it.
formula: open pairs with a held session in 30 days / open pairs
numerator: Open pairs with a session held in the 30 days up to the day
denominator: Pairs open on the day
population: Pairs that began and have not ended
index_date: Last day of the period
belongs_on: when the pair began
window: 30 days; the length is part of the version
exclusions: People who said no to analytics. Months before the log, where it begins more than 45 days after the first pair.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 3
headline: true
now: last_month
own_months: true
needs: [sessions, pair_age]
{% endcall %}

-- Of the pairs open on the period's last day, how many held a session in the 30 days up to it.

with

pair_periods as (
    select * from {{ ref('int_pair_periods') }}
),

open_pairs as (
    select
        programme_id,
        cohort_id,
        mentee_person_key as person_key,
        started_date as belongs_on,
        period_kind,
        period_start,
        period_end,
        case
            when {{ dbt.datediff('last_held_date', 'period_end', 'day') }} < {{ var('active_window_days') }} then 1
            else 0
        end as numerator,
        1 as denominator
    from pair_periods
    where is_open_at_the_end
),

{{ rate_rows('open_pairs') }}
