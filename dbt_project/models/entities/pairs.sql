-- One row per pair (or group) that was ever proposed, with its mentor and its first mentee; every member is in pair_members.

with

pairs as (
    select * from {{ ref('stg_pairs') }}
),

programmes as (
    select * from {{ ref('stg_programmes') }}
),

members as (
    select * from {{ ref('int_pair_members') }}
),

members_named as (
    select
        pair_id,
        min_by(person_key, (coalesce(joined_date, {{ end_of_time() }}), person_key)) filter (where role = 'mentor') as mentor_person_key,
        min_by(person_key, (coalesce(joined_date, {{ end_of_time() }}), person_key)) filter (where role = 'mentee') as mentee_person_key,
        count(*) filter (where role = 'mentee') as mentees
    from members
    group by pair_id
),

final as (
    select
        pairs.pair_id,
        pairs.programme_id,
        pairs.cohort_id,
        members_named.mentor_person_key,
        members_named.mentee_person_key,
        cast(coalesce(members_named.mentees, 0) as integer) as mentees,
        pairs.status,
        pairs.requested_date,
        pairs.decided_date,
        pairs.planned_start_date,
        pairs.planned_end_date,
        pairs.actual_start_date as started_date,
        pairs.actual_end_date as ended_date,
        pairs.close_reason,
        pairs.match_source,
        pairs.match_score,
        pairs.rematch_of_pair_id,
        cast(programmes.planned_sessions as integer) as planned_sessions,
        programmes.cadence_days
    from pairs
    left join members_named on pairs.pair_id = members_named.pair_id
    left join programmes on pairs.programme_id = programmes.programme_id
)

select * from final
