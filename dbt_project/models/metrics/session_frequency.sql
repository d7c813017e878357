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
