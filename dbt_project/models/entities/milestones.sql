-- One row per milestone of a pair: as a source lists it, and as forms ask about it. Where both do, the list says when it is due, and either may say
-- that it is done.

with

milestones as (
    select * from {{ ref('stg_milestones') }}
),

asked_in_forms as (
    select * from {{ ref('int_form_milestones') }}
),

pairs as (
    select * from {{ ref('pairs') }}
),

milestones_known as (
    select
        milestones.pair_id,
        milestones.milestone,
        milestones.due_date,
        coalesce(milestones.done_date, asked_in_forms.done_date) as done_date
    from milestones
    left join asked_in_forms
        on
            milestones.pair_id = asked_in_forms.pair_id
            and milestones.milestone = asked_in_forms.milestone
    union all
    select
        asked_in_forms.pair_id,
        asked_in_forms.milestone,
        asked_in_forms.due_date,
        asked_in_forms.done_date
    from asked_in_forms
    left join milestones
        on
            asked_in_forms.pair_id = milestones.pair_id
            and asked_in_forms.milestone = milestones.milestone
    where milestones.pair_id is null and asked_in_forms.due_date is not null
),

final as (
    select
        milestones_known.pair_id,
        pairs.programme_id,
        pairs.cohort_id,
        pairs.mentee_person_key,
        milestones_known.milestone,
        milestones_known.due_date,
        milestones_known.done_date
    from milestones_known
    inner join pairs on milestones_known.pair_id = pairs.pair_id
)

select * from final
