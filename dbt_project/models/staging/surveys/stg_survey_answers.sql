with

source as (
    select * from {{ source('raw_surveys', 'survey_answers') }}
),

final as (
    select
        survey_id,
        response_id,
        question_id,
        choice_seq,
        value_num,
        value_code,
        state,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
