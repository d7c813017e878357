{% call metric() %}
label: Drifting pairs
definition: Open pairs whose last held session (or start) is longer ago than 1.5 times the agreed cadence.
formula: count
numerator: Open pairs past 1.5 times the cadence without a held session
denominator: Pairs open on the day
population: Pairs that began and have not ended
index_date: Last day of the period
belongs_on: when the pair began
window: 1.5 times the programme's cadence
exclusions: Months before the log, where it begins more than 45 days after the first pair
minimum_n: 1
direction: decrease
unit: pairs
interval_method: census
owner: People analytics
version: 3
headline: false
now: last_month
needs: [cadence, sessions]
{% endcall %}

-- Open pairs whose last held session (or start, or the log's own) is longer ago than 1.5 times the agreed cadence.

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
            when
                {{ dbt.datediff('coalesce(last_held_date, watched_from_date)', 'period_end', 'day') }}
                > {{ var('drift_cadence_factor') }} * cadence_days then 1
            else 0
        end as numerator,
        1 as denominator
    from pair_periods
    where is_open_at_the_end
),

{{ count_rows('open_pairs') }}
