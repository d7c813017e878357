-- One row per decision of the matching workbench and pair that it names, undone ones included and marked. Decisions are never changed.

with

decisions as (
    select * from {{ ref('stg_match_decisions') }}
),

undone as (
    select
        cohort_id,
        undone_revision as revision
    from decisions
    where kind = 'undo'
),

final as (
    select
        decisions.cohort_id,
        cast(decisions.revision as integer) as revision,
        cast(decisions.item as integer) as item,
        decisions.kind,
        decisions.mentee_application_id,
        decisions.mentor_application_id,
        cast(decisions.seats as integer) as seats,
        cast(decisions.undone_revision as integer) as undone_revision,
        undone.revision is not null as is_undone,
        decisions.run_id,
        decisions.made_at
    from decisions
    left join undone on decisions.cohort_id = undone.cohort_id and decisions.revision = undone.revision
)

select * from final
