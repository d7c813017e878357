-- One row per programme that declares outcomes and month in which it took somebody in other than by randomisation: in these somebody can be eligible.

with

programmes as (
    select * from {{ ref('stg_programmes') }}
),

starts as (
    select * from {{ ref('int_mentoring_starts') }}
),

final as (
    select
        starts.programme_id,
        {{ month_number('starts.began_date') }} as month,
        cast(count(*) as integer) as starts
    from starts
    inner join programmes on starts.programme_id = programmes.programme_id
    where
        not starts.is_by_lot
        and programmes.impact_declaration is not null
        and programmes.population_person_kind = 'employee'
    group by
        starts.programme_id,
        {{ month_number('starts.began_date') }}
)

select * from final
