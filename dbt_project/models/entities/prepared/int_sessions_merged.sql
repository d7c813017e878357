-- One row per meeting, whatever number of sources tell of it. The copy with the best grade of evidence says what happened.

with

copies as (
    select * from {{ ref('int_session_copies') }}
),

session_people as (
    select * from {{ ref('int_session_people') }}
),

minutes_attended as (
    select
        copies.meeting_key,
        max(session_people.minutes) as minutes
    from copies
    inner join session_people
        on
            copies.source_instance = session_people.source_instance
            and copies.session_id = session_people.session_id
    group by copies.meeting_key
),

copies_counted as (
    select
        meeting_key,
        min(source_key) as session_id,
        count(*) as source_count,
        max(pair_id) as pair_id,
        max(programme_id) as programme_id,
        max(cohort_id) as cohort_id,
        bool_or(is_cancelled_with_notice) as is_cancelled_with_notice
    from copies
    group by meeting_key
),

final as (
    select
        copies_counted.session_id,
        copies_counted.pair_id,
        copies_counted.programme_id,
        copies_counted.cohort_id,
        best.scheduled_start_at,
        best.scheduled_end_at,
        best.actual_start_at,
        best.actual_end_at,
        best.session_date,
        best.status,
        best.status_basis,
        best.status = 'cancelled' and copies_counted.is_cancelled_with_notice as is_cancelled_with_notice,
        case
            when best.status = 'held'
                then least(
                    coalesce(
                        date_diff('second', best.actual_start_at, best.actual_end_at) / 3600.0,
                        minutes_attended.minutes / 60.0,
                        date_diff('second', best.scheduled_start_at, best.scheduled_end_at) / 3600.0,
                        1.0
                    ),
                    12.0
                )
        end as meeting_hours,
        best.topic,
        best.channel,
        best.pair_basis,
        cast(copies_counted.source_count as integer) as source_count
    from copies as best
    inner join copies_counted on best.meeting_key = copies_counted.meeting_key
    left join minutes_attended on best.meeting_key = minutes_attended.meeting_key
    where best.evidence_rank = 1
)

select * from final
