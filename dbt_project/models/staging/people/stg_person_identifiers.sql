with

source as (
    select * from {{ source('identity', 'identifiers_in_force') }}
),

final as (
    select
        person_id,
        id_type,
        id_value,
        valid_from,
        valid_to,
        is_gone,
        source_instance,
        load_id
    from source
)

select * from final
