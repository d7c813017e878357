-- One row per milestone of a pair.

with

milestones as (
    select * from {{ ref('stg_milestones') }}
),

pairs as (
    select * from {{ ref('pairs') }}
),

final as (
    select
        milestones.pair_id,
        pairs.programme_id,
        pairs.cohort_id,
        pairs.mentee_person_key,
        milestones.milestone,
        milestones.due_date,
        milestones.done_date
    from milestones
    inner join pairs on milestones.pair_id = pairs.pair_id
)

select * from final
