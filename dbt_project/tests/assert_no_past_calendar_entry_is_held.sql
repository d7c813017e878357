-- A meeting is held only on somebody's word or a report; and nothing after the as-of day is held.

with

sessions as (
    select * from {{ ref('sessions') }}
),

final as (
    select * from sessions
    where
        status = 'held'
        and (status_basis in ('calendar_only', 'assumed') or session_date > {{ as_of_date() }})
)

select * from final
