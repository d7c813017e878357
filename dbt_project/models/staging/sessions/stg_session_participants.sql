with

source as (
    select * from {{ source('raw_sessions', 'session_participants') }}
),

final as (
    select
        session_id,
        person_id,
        join_seq,
        role,
        response,
        attended,
        joined_at,
        left_at,
        minutes,
        match_method,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
