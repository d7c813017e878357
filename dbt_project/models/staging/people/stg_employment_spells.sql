with

source as (
    select * from {{ source('raw_people', 'employment_spells') }}
),

final as (
    select
        person_id,
        spell_no,
        hire_date,
        end_date,
        hire_kind,
        end_kind,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
