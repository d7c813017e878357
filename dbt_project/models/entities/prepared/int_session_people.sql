-- One row per session of a source and person in it, re-joins merged. Whoever was present for at least five minutes attended.

with

session_participants as (
    select * from {{ ref('stg_session_participants') }}
),

sessions as (
    select * from {{ ref('stg_sessions') }}
),

final as (
    select
        session_participants.source_instance,
        session_participants.session_id,
        {{ person_key('session_participants.person_id', 'people') }} as person_key,
        case
            when sum(session_participants.minutes) >= 5 then true
            else bool_or(session_participants.attended)
        end as attended,
        sum(session_participants.minutes) as minutes
    from session_participants
    inner join sessions
        on
            session_participants.source_instance = sessions.source_instance
            and session_participants.session_id = sessions.session_id
    {{ join_person('session_participants.person_id', 'sessions.session_date', 'people') }}
    group by all
)

select * from final
