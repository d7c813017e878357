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

next_readings_beside as (
    select
        *,
        -- one reading over the threshold may be luck, two in a row are a state
        coalesce(is_reached and lead(is_reached) over (partition by person_key, start_date, measure order by observed_on), false) as is_sustained
    from readings_within_spells
),

final as (
    select
        person_key,
        start_date as hire_date,
        any_value(case when end_date <= {{ as_of_date() }} then end_date end) as left_date,
        min(case when is_sustained then observed_on end) as ramped_up_date,
        -- after the last reading nobody looks any more
        max(observed_on) as last_reading_date
    from next_readings_beside
    group by person_key, start_date
)

select * from final
