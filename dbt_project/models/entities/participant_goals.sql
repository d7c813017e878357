-- One row per goal that a participant set, in a list or in a form, with its programme through the pair or, without one, through the owner's last
-- enrolment before it.

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
    select * from {{ ref('int_goal_updates') }}
),

set_in_forms as (
    select * from {{ ref('int_form_goals') }}
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

last_enrolments_of_forms as (
    select
        set_in_forms.goal_id,
        enrolments.cohort_id
    from set_in_forms
    inner join enrolments
        on
            set_in_forms.person_key = enrolments.person_key
            and set_in_forms.programme_id = enrolments.programme_id
            and set_in_forms.created_date >= enrolments.enrolled_date
    where set_in_forms.pair_id is null
    qualify row_number() over (
        partition by set_in_forms.goal_id order by enrolments.enrolled_date desc, enrolments.cohort_id
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

goals_listed as (
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
),

goals_of_forms as (
    select
        set_in_forms.goal_id,
        set_in_forms.pair_id,
        set_in_forms.programme_id,
        coalesce(pairs.cohort_id, last_enrolments_of_forms.cohort_id) as cohort_id,
        set_in_forms.person_key,
        set_in_forms.category,
        set_in_forms.created_date,
        set_in_forms.due_date,
        set_in_forms.status,
        set_in_forms.progress_pct,
        set_in_forms.attainment_level,
        1.0 as weight,
        last_levels.updated_date
    from set_in_forms
    left join pairs on set_in_forms.pair_id = pairs.pair_id
    left join last_enrolments_of_forms on set_in_forms.goal_id = last_enrolments_of_forms.goal_id
    left join last_levels on set_in_forms.goal_id = last_levels.goal_id
),

final as (
    select * from goals_listed
    union all
    select * from goals_of_forms
)

select * from final
