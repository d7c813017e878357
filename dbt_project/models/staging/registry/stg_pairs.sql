with

source as (
    select * from {{ source('raw_registry', 'pairs') }}
),

final as (
    select
        pair_id,
        programme_id,
        cohort_id,
        status,
        requested_at,
        decided_at,
        {{ local_date('requested_at', 'recorded_tz') }} as requested_date,
        {{ local_date('decided_at', 'recorded_tz') }} as decided_date,
        planned_start_date,
        planned_end_date,
        actual_start_date,
        actual_end_date,
        close_reason,
        match_source,
        match_score,
        rematch_of_pair_id,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
