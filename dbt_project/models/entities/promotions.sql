-- One row per person and day on which the level rank rose without a break in employment. A title that sounds greater is no promotion, and neither is a
-- rise over a state that is only assumed (no history before the first extract).

with

job_states as (
    select * from {{ ref('int_job_states') }}
),

earlier_states_beside as (
    select
        *,
        lag(level_rank) over (partition by person_key order by valid_from) as from_level_rank,
        lag(valid_to) over (partition by person_key order by valid_from) as earlier_state_ended,
        lag(change_action_basis) over (partition by person_key order by valid_from) as earlier_basis
    from job_states
),

final as (
    select
        person_key,
        valid_from as promoted_date,
        cast(from_level_rank as integer) as from_level_rank,
        cast(level_rank as integer) as to_level_rank,
        case when change_action = 'promotion' then change_action_basis else 'derived' end as basis
    from earlier_states_beside
    where
        level_rank > from_level_rank
        and earlier_state_ended = valid_from
        and earlier_basis != 'assumed'
        and valid_from <= {{ as_of_date() }}
)

select * from final
