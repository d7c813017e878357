with

source as (
    select * from {{ source('raw_surveys', 'survey_questions') }}
),

final as (
    select
        survey_id,
        question_id,
        stable_code,
        source_code,
        question_kind,
        construct,
        scale_min,
        scale_max,
        reverse_scored,
        unit,
        text_hash,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
