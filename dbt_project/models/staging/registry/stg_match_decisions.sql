with

source as (
    select * from {{ source('raw_registry', 'match_decisions') }}
),

final as (
    select
        cohort_id,
        revision,
        item,
        kind,
        mentee_application_id,
        mentor_application_id,
        seats,
        undone_revision,
        run_id,
        made_at,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
