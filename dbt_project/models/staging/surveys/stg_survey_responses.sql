with

source as (
    select * from {{ source('raw_surveys', 'survey_responses') }}
),

final as (
    select
        survey_id,
        response_id,
        status,
        submitted_at,
        {{ local_date('submitted_at', 'recorded_tz') }} as submitted_date,
        respondent_person_id,
        pair_id,
        duration_s,
        source_system,
        source_instance,
        extracted_at,
        source_updated_at,
        load_id
    from source
    where not is_deleted
)

select * from final
