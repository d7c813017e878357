-- One row per pair, person and role.

with

members as (
    select * from {{ ref('int_pair_members') }}
),

final as (
    select
        pair_id,
        programme_id,
        cohort_id,
        person_key,
        role,
        joined_date,
        left_date
    from members
)

select * from final
