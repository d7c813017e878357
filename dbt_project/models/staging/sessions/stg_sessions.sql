with

source as (
    select * from {{ source('raw_sessions', 'sessions') }}
),

final as (
    select
        session_id,
        pair_id,
        programme_id,
        external_uid,
        series_id,
        recurrence_id,
        scheduled_start_at,
        scheduled_end_at,
        scheduled_tz,
        {{ local_date('scheduled_start_at', 'recorded_tz') }} as session_date,
        actual_start_at,
        actual_end_at,
        status,
        status_basis,
        cancelled_with_notice,
        topic,
        channel,
        source_system,
        source_instance,
        extracted_at,
        source_updated_at,
        load_id
    from source
    where not is_deleted
)

select * from final
