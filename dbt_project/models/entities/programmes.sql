-- One row per programme, as its file declares it.

with

programmes as (
    select * from {{ ref('stg_programmes') }}
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
        cast(population_min_tenure_days as integer) as population_min_tenure_days,
        cast(population_max_tenure_days as integer) as population_max_tenure_days,
        cast(population_min_level_rank as integer) as population_min_level_rank,
        cast(population_max_level_rank as integer) as population_max_level_rank,
        population_rule,
        start_date,
        end_date,
        cast(planned_sessions as integer) as planned_sessions,
        cadence_days,
        currency,
        loaded_hourly_rate,
        matching_policy,
        impact_declaration,
        data_origin,
        file_hash
    from programmes
)

select * from final
