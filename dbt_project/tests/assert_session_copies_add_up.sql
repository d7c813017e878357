-- Every source session is a copy of exactly one meeting, or of one for each pair that is in it, and sessions by status add up to the sessions.

with

staged as (
    select * from {{ ref('stg_sessions') }}
),

attached as (
    select * from {{ ref('int_sessions_attached') }}
),

attached_once as (
    select distinct
        source_instance,
        session_id
    from attached
),

merged as (
    select * from {{ ref('int_sessions_merged') }}
),

sessions as (
    select * from {{ ref('sessions') }}
),

counted as (
    select
        (select count(*) from staged) as source_sessions,
        (select count(*) from attached) as attached_sessions,
        (select count(*) from attached_once) as sessions_attached,
        (select coalesce(sum(source_count), 0) from merged) as copies,
        (select count(*) from sessions) as meetings,
        (
            select count(*) from sessions
            where status in ('scheduled', 'held', 'cancelled', 'no_show', 'rescheduled', 'unknown')
        ) as meetings_by_status
),

final as (
    select * from counted
    where
        source_sessions != sessions_attached
        or attached_sessions != copies
        or meetings != meetings_by_status
)

select * from final
