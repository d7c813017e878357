-- One row per pair, person and role, with the days on which the person belonged to it (half-open).

with

pair_members as (
    select * from {{ ref('stg_pair_members') }}
),

pairs as (
    select * from {{ ref('stg_pairs') }}
),

members_resolved as (
    select
        pair_members.pair_id,
        pairs.programme_id,
        pairs.cohort_id,
        pair_members.role,
        {{ person_key('pair_members.person_id', 'members') }} as person_key,
        {{ is_counted_person('members') }} as is_counted,
        coalesce(pair_members.joined_date, pairs.actual_start_date) as joined_date,
        coalesce(pair_members.left_date, pairs.actual_end_date) as left_date
    from pair_members
    inner join pairs on pair_members.pair_id = pairs.pair_id
    {{ join_person(
        'pair_members.person_id',
        'coalesce(pair_members.joined_date, pairs.actual_start_date, pairs.planned_start_date, pairs.requested_date)',
        'members'
    ) }}
),

final as (
    select
        pair_id,
        any_value(programme_id) as programme_id,
        any_value(cohort_id) as cohort_id,
        person_key,
        role,
        bool_or(is_counted) as is_counted,
        min(joined_date) as joined_date,
        nullif(max(coalesce(left_date, {{ end_of_time() }})), {{ end_of_time() }}) as left_date
    from members_resolved
    group by pair_id, person_key, role
)

select * from final
