with

source as (
    select * from {{ source('raw_surveys', 'surveys') }}
),

final as (
    select
        survey_id,
        programme_id,
        cohort_id,
        name,
        instrument,
        wave,
        wave_no,
        months_since_start,
        respondent_role,
        anonymity,
        min_group_size,
        opened_date,
        closed_date,
        milestone,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
