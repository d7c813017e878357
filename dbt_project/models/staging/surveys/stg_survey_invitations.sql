with

source as (
    select * from {{ source('raw_surveys', 'survey_invitations') }}
),

final as (
    select
        survey_id,
        person_id,
        sent_at,
        {{ local_date('sent_at', 'recorded_tz') }} as sent_date,
        is_delivered,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
