-- One row per pair that ever began and period in which it was open: days at risk, whether it was open on the period's last day, and its sessions.
-- Where a programme's log begins long after its first pair, what was before isn't known, and no period is without a meeting because nobody wrote one down:
-- months before the log's first don't exist here, and to date only the days from then on are at risk.

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

first_pairs as (
    select
        programme_id,
        min(started_date) as first_started_date
    from pairs
    where status not in ('proposed', 'declined')
    group by programme_id
),

first_records as (
    select
        programme_id,
        min(session_date) as first_session_date
    from sessions
    group by programme_id
),

logs as (
    select
        first_pairs.programme_id,
        case
            when
                first_records.first_session_date
                > {{ dbt.dateadd('day', var('log_grace_days'), 'first_pairs.first_started_date') }}
                then cast({{ dbt.date_trunc('month', 'first_records.first_session_date') }} as date)
            else first_pairs.first_started_date
        end as written_from_date
    from first_pairs
    left join first_records on first_pairs.programme_id = first_records.programme_id
),

pairs_open_in_the_period as (
    select
        pairs.pair_id,
        pairs.programme_id,
        pairs.cohort_id,
        pairs.mentor_person_key,
        pairs.mentee_person_key,
        pairs.started_date,
        greatest(pairs.started_date, logs.written_from_date) as watched_from_date,
        pairs.cadence_days,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        pairs.ended_date is null or pairs.ended_date > periods.period_end as is_open_at_the_end,
        {{ dbt.datediff(
            'greatest(pairs.started_date, periods.period_start, logs.written_from_date)',
            'least(coalesce(pairs.ended_date, ' ~ end_of_time() ~ '), ' ~ dbt.dateadd('day', 1, 'periods.period_end') ~ ')',
            'day'
        ) }} as days_at_risk
    from pairs
    inner join logs on pairs.programme_id = logs.programme_id
    inner join periods
        on
            pairs.started_date <= periods.period_end
            and logs.written_from_date <= periods.period_end
            and coalesce(pairs.ended_date, {{ end_of_time() }}) > periods.period_start
            and coalesce(pairs.ended_date, {{ end_of_time() }}) > logs.written_from_date
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
