with

source as (
    select * from {{ source('raw_registry', 'programmes') }}
),

final as (
    select
        programme_id,
        name,
        mission,
        strategy_link,
        kind,
        objective,
        population_person_kind,
        population_source_instance,
        population_min_tenure_days,
        population_max_tenure_days,
        population_min_level_rank,
        population_max_level_rank,
        population_rule,
        start_date,
        end_date,
        planned_sessions,
        cadence_days,
        currency,
        loaded_hourly_rate,
        matching_policy,
        impact_declaration,
        data_origin,
        file_hash,
        source_instance,
        extracted_at,
        load_id
    from source
    where not is_deleted
)

select * from final
