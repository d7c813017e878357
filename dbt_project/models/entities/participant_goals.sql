-- One row per goal that a participant set, with its programme through the pair or, without one, through the owner's last enrolment before it.

with

goals as (
    select * from {{ ref('stg_goals') }}
),

pairs as (
    select * from {{ ref('pairs') }}
),

enrolments as (
    select * from {{ ref('enrolments') }}
),

goal_updates as (
    select * from {{ ref('stg_goal_updates') }}
),

owners_resolved as (
    select
        goals.*,
        {{ person_key('goals.owner_person_id', 'owners') }} as person_key
    from goals
    {{ join_person('goals.owner_person_id', 'goals.created_date', 'owners') }}
),

last_enrolments as (
    select
        owners_resolved.goal_id,
        enrolments.programme_id,
        enrolments.cohort_id
    from owners_resolved
    inner join enrolments
        on
            owners_resolved.person_key = enrolments.person_key
            and owners_resolved.created_date >= enrolments.enrolled_date
    where owners_resolved.pair_id is null
    qualify row_number() over (
        partition by owners_resolved.goal_id order by enrolments.enrolled_date desc, enrolments.cohort_id
    ) = 1
),

last_levels as (
    select
        goal_id,
        max_by(attainment_level, updated_at) filter (where attainment_level is not null) as attainment_level,
        max(updated_date) as updated_date
    from goal_updates
    group by goal_id
),

final as (
    select
        owners_resolved.goal_id,
        owners_resolved.pair_id,
        coalesce(pairs.programme_id, last_enrolments.programme_id) as programme_id,
        coalesce(pairs.cohort_id, last_enrolments.cohort_id) as cohort_id,
        owners_resolved.person_key,
        owners_resolved.category,
        owners_resolved.created_date,
        owners_resolved.due_date,
        owners_resolved.status,
        owners_resolved.progress_pct,
        cast(coalesce(owners_resolved.attainment_level, last_levels.attainment_level) as integer) as attainment_level,
        coalesce(owners_resolved.weight, 1.0) as weight,
        last_levels.updated_date
    from owners_resolved
    left join pairs on owners_resolved.pair_id = pairs.pair_id
    left join last_enrolments on owners_resolved.goal_id = last_enrolments.goal_id
    left join last_levels on owners_resolved.goal_id = last_levels.goal_id
)

select * from final
