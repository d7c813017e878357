-- One row per mentee and pair that began (half-open days), so not those that were only proposed or declined.

with

members as (
    select * from {{ ref('int_pair_members') }}
),

pairs as (
    select * from {{ ref('pairs') }}
),

final as (
    select
        members.programme_id,
        members.cohort_id,
        members.pair_id,
        members.person_key,
        pairs.mentor_person_key,
        greatest(members.joined_date, pairs.started_date) as began_date,
        least(members.left_date, pairs.ended_date) as ended_date
    from members
    inner join pairs on members.pair_id = pairs.pair_id
    where
        members.role = 'mentee'
        and pairs.status not in ('proposed', 'declined')
        and pairs.started_date is not null
        and pairs.started_date <= {{ as_of_date() }}
)

select * from final
