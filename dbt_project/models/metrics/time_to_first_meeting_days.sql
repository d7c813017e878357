{% call metric() %}
label: Time to the first meeting
definition: Days from a pair's start until half of the mentees have met their mentor for the first time.
formula: median of the cumulative incidence (Aalen-Johansen) of the first held meeting; a pair's end without one competes
numerator: Pairs that met
denominator: Pairs that began
population: Mentees in pairs that began
index_date: Start of the pair
belongs_on: when the pair began
window: As known at the end of each period
exclusions: People who said no to analytics. Pairs that began before the log, where it begins more than 45 days after the first pair. Pairs that haven't met yet count for as long as they are open.
minimum_n: 5
direction: decrease
unit: days
interval_method: log_log_crossing
owner: People analytics
version: 1
headline: false
now: to_date
needs: [sessions]
{% endcall %}

-- Median days from a pair's start to its first held meeting: cumulative incidence (Aalen-Johansen), where the pair's end without a meeting competes.

with

mentee_pairs as (
    select * from {{ ref('int_mentee_pairs') }}
),

pair_periods as (
    select * from {{ ref('int_pair_periods') }}
),

sessions as (
    select * from {{ ref('sessions') }}
),

first_meetings as (
    select
        pair_id,
        min(session_date) as first_held_date
    from sessions
    where status = 'held'
    group by pair_id
),

pairs_in_the_log as (
    select pair_id
    from pair_periods
    where
        period_kind = 'to_date'
        and watched_from_date = started_date
),

pairs_waiting as (
    select
        mentee_pairs.programme_id,
        mentee_pairs.cohort_id,
        mentee_pairs.person_key,
        mentee_pairs.began_date as index_date,
        -- greatest() passes over a null, so it must not meet one here
        case
            when first_meetings.first_held_date is not null
                then greatest(first_meetings.first_held_date, mentee_pairs.began_date)
        end as met_date,
        case
            when first_meetings.first_held_date is null or first_meetings.first_held_date > mentee_pairs.ended_date
                then mentee_pairs.ended_date
        end as ended_date
    from mentee_pairs
    inner join pairs_in_the_log on mentee_pairs.pair_id = pairs_in_the_log.pair_id
    left join first_meetings on mentee_pairs.pair_id = first_meetings.pair_id
),

waits_followed as (
    {{ follow_up_in_periods('pairs_waiting', 'people.met_date', competing_date='people.ended_date') }}
),

{{ median_rows('waits_followed') }}
