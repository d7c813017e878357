{% call metric() %}
label: Sessions held
definition: Sessions for which there is evidence that they took place. A mentor's meeting with several mentees is a session of each pair.
formula: count
numerator: Sessions held
denominator: Sessions held
population: Sessions of pairs
index_date: Planned day of the session
belongs_on: on the day of the session
window: The month, or everything to date
exclusions: 'None: a complete count'
minimum_n: 1
direction: increase
unit: sessions
interval_method: census
owner: People analytics
version: 2
headline: false
now: to_date
needs: [sessions]
{% endcall %}

-- Sessions held in the period.

with

sessions as (
    select * from {{ ref('sessions') }}
),

pairs as (
    select * from {{ ref('pairs') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

sessions_counted as (
    select
        sessions.programme_id,
        sessions.cohort_id,
        coalesce(pairs.mentee_person_key, sessions.pair_id) as person_key,
        sessions.session_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        1 as numerator,
        1 as denominator
    from sessions
    inner join periods on sessions.session_date between periods.period_start and periods.period_end
    inner join pairs on sessions.pair_id = pairs.pair_id
    where sessions.status = 'held'
),

{{ count_rows('sessions_counted') }}
