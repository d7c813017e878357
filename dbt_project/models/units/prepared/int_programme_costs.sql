-- One row per cost of a programme: each item that was declared, and each person's time in each held session. Nothing is counted twice: an item with an
-- amount is that amount, and its hours say what it was for; hours without an amount are own staff's, priced at the programme's loaded rate. Amounts in
-- another currency are left out.

with

costs as (
    select * from {{ ref('costs') }}
),

sessions as (
    select * from {{ ref('sessions') }}
),

members as (
    select * from {{ ref('pair_members') }}
),

programmes as (
    select * from {{ ref('programmes') }}
),

items_declared as (
    select
        costs.programme_id,
        case when costs.amount > 0 then 'bill' else 'staff_time' end as cost_kind,
        costs.item,
        costs.incurred_date,
        case when costs.amount > 0 then costs.amount else costs.hours * programmes.loaded_hourly_rate end as amount,
        costs.hours,
        programmes.currency,
        programmes.loaded_hourly_rate as hourly_rate,
        cast(null as varchar) as person_key
    from costs
    inner join programmes on costs.programme_id = programmes.programme_id
    where
        costs.incurred_date <= {{ as_of_date() }}
        and costs.currency is not distinct from programmes.currency
        and (costs.amount > 0 or costs.hours > 0)
),

people_of_pairs as (
    select
        pair_id,
        person_key,
        min(role) as role
    from members
    group by pair_id, person_key
),

time_in_sessions as (
    select
        sessions.programme_id,
        'meeting_time' as cost_kind,
        case when people_of_pairs.role = 'mentor' then 'time of mentors' else 'time of mentees' end as item,
        sessions.session_date as incurred_date,
        sessions.meeting_hours * programmes.loaded_hourly_rate as amount,
        sessions.meeting_hours as hours,
        programmes.currency,
        programmes.loaded_hourly_rate as hourly_rate,
        people_of_pairs.person_key
    from sessions
    inner join people_of_pairs on sessions.pair_id = people_of_pairs.pair_id
    inner join programmes on sessions.programme_id = programmes.programme_id
    where sessions.status = 'held'
    -- a mentor's meeting with several mentees is a session of each pair, and one hour of the mentor
    qualify row_number() over (
        partition by people_of_pairs.person_key, regexp_replace(sessions.session_id, '#pair .*$', '')
        order by sessions.session_id
    ) = 1
),

final as (
    select * from items_declared
    union all
    select * from time_in_sessions
)

select * from final
