-- One row per pair that ever began and period in which it was open: days at risk, whether it was open on the period's last day, and its sessions.

with

pairs as (
    select * from {{ ref('pairs') }}
),

sessions as (
    select * from {{ ref('sessions') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

pairs_open_in_the_period as (
    select
        pairs.pair_id,
        pairs.programme_id,
        pairs.cohort_id,
        pairs.mentor_person_key,
        pairs.mentee_person_key,
        pairs.started_date,
        pairs.cadence_days,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        pairs.ended_date is null or pairs.ended_date > periods.period_end as is_open_at_the_end,
        {{ dbt.datediff(
            'greatest(pairs.started_date, periods.period_start)',
            'least(coalesce(pairs.ended_date, ' ~ end_of_time() ~ '), ' ~ dbt.dateadd('day', 1, 'periods.period_end') ~ ')',
            'day'
        ) }} as days_at_risk
    from pairs
    inner join periods
        on
            pairs.started_date <= periods.period_end
            and coalesce(pairs.ended_date, {{ end_of_time() }}) > periods.period_start
    where
        pairs.started_date is not null
        and pairs.status not in ('proposed', 'declined')
),

held_sessions_so_far as (
    select
        pairs_open_in_the_period.pair_id,
        pairs_open_in_the_period.period_kind,
        pairs_open_in_the_period.period_end,
        count(*) filter (where sessions.session_date >= pairs_open_in_the_period.period_start) as sessions_held,
        count(*) as sessions_held_ever,
        max(sessions.session_date) as last_held_date
    from pairs_open_in_the_period
    inner join sessions
        on
            pairs_open_in_the_period.pair_id = sessions.pair_id
            and sessions.session_date <= pairs_open_in_the_period.period_end
            and sessions.status = 'held'
    group by all
),

final as (
    select
        pairs_open_in_the_period.*,
        coalesce(held_sessions_so_far.sessions_held, 0) as sessions_held,
        coalesce(held_sessions_so_far.sessions_held_ever, 0) as sessions_held_ever,
        held_sessions_so_far.last_held_date
    from pairs_open_in_the_period
    left join held_sessions_so_far
        on
            pairs_open_in_the_period.pair_id = held_sessions_so_far.pair_id
            and pairs_open_in_the_period.period_kind = held_sessions_so_far.period_kind
            and pairs_open_in_the_period.period_end = held_sessions_so_far.period_end
)

select * from final
