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
