{% call metric() %}
label: Sessions a month
definition: Held sessions per pair and month at risk; a pair that never meets stays in the denominator.
formula: held sessions / pair-months
numerator: Sessions held
denominator: Months that pairs were open, 30.4375 days each
population: Pairs that began
index_date: Start of the pair
belongs_on: when the pair began
window: The month, or everything to date
exclusions: People who said no to analytics. Months before the log, where it begins more than 45 days after the first pair. The interval takes sessions as independent.
minimum_n: 5
direction: increase
unit: sessions_per_month
interval_method: poisson
owner: People analytics
version: 3
headline: true
now: last_month
own_months: true
needs: [sessions]
{% endcall %}

-- Held sessions per pair and month at risk. A pair that never meets stays in the denominator.

with

pair_periods as (
    select * from {{ ref('int_pair_periods') }}
),

sessions_per_month_at_risk as (
    select
        programme_id,
        cohort_id,
        mentee_person_key as person_key,
        started_date as belongs_on,
        period_kind,
        period_start,
        period_end,
        sessions_held as numerator,
        days_at_risk / {{ days_per_month() }} as denominator
    from pair_periods
),

{{ event_rows('sessions_per_month_at_risk') }}
