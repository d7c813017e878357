-- One row per new hire with readings of productivity: the first day of two readings in a row at or over the role's threshold, if it came.

with

readings as (
    select * from {{ ref('stg_productivity_readings') }}
),

spells as (
    select * from {{ ref('employment_spells') }}
),

readings_of_people as (
    select
        {{ person_key('readings.person_id', 'people') }} as person_key,
        readings.measure,
        readings.observed_on,
        readings.value >= readings.threshold as is_reached
    from readings
    {{ join_person('readings.person_id', 'readings.observed_on', 'people') }}
),

readings_within_spells as (
    select
        readings_of_people.*,
        spells.start_date,
        spells.end_date
    from readings_of_people
    inner join spells
        on
            readings_of_people.person_key = spells.person_key
            and readings_of_people.observed_on >= spells.start_date
            and readings_of_people.observed_on < coalesce(spells.end_date, {{ end_of_time() }})
),

runs_of_readings as (
    select
        *,
        count(*) filter (where is_reached) over next_readings as reached_in_a_row,
        count(*) over next_readings as readings_in_a_row
    from readings_within_spells
    window next_readings as (
        partition by person_key, start_date, measure order by observed_on
        rows between current row and {{ var('sustained_readings') - 1 }} following
    )
),

final as (
    select
        person_key,
        start_date as hire_date,
        any_value(case when end_date <= {{ as_of_date() }} then end_date end) as left_date,
        min(observed_on) filter (
            where
            reached_in_a_row = {{ var('sustained_readings') }}
            and readings_in_a_row = {{ var('sustained_readings') }}
        ) as ramped_up_date,
        -- after the last reading nobody looks any more
        max(observed_on) as last_reading_date
    from runs_of_readings
    group by person_key, start_date
)

select * from final
