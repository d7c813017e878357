-- One row per meeting of a programme, held or not, whatever number of sources tell of it.
-- Calendar entries that belong to no pair and name no programme are counted in int_sessions_merged only.

with

sessions_merged as (
    select * from {{ ref('int_sessions_merged') }}
),

final as (
    select
        session_id,
        pair_id,
        programme_id,
        cohort_id,
        scheduled_start_at,
        session_date,
        status,
        status_basis,
        is_cancelled_with_notice,
        cast(meeting_hours as double) as meeting_hours,
        topic,
        channel,
        pair_basis,
        source_count
    from sessions_merged
    where
        pair_id is not null
        or programme_id is not null
)

select * from final
