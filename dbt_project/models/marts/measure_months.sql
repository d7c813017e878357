-- One row per person, measure and month: the last value that the organisation knew strictly before the month's first day, and the last one that spoke of a
-- day at least a year before it. A later correction of an older value doesn't replace a newer one.

with

measures as (
    select * from {{ ref('stg_person_measures') }}
),

employment_months as (
    select * from {{ ref('int_employment_months') }}
),

measures_of_people as (
    select
        {{ person_key('measures.person_id', 'people') }} as person_key,
        measures.measure,
        measures.measured_on,
        greatest(measures.known_on, measures.measured_on) as known_on,
        measures.value
    from measures
    {{ join_person('measures.person_id', 'measures.measured_on', 'people') }}
),

newest_known as (
    select * from measures_of_people
    qualify
        measured_on >= max(measured_on) over (
            partition by person_key, measure order by known_on, measured_on
            rows between unbounded preceding and current row
        )
),

people_and_months as (
    select distinct
        person_key,
        month,
        month_start,
        cast({{ dbt.dateadd('month', -12, 'month_start') }} as date) as year_before
    from employment_months
),

measure_names as (
    select distinct measure from measures_of_people
),

asked as (
    select
        people_and_months.*,
        measure_names.measure
    from people_and_months
    cross join measure_names
),

latest as (
    select
        asked.*,
        newest_known.value,
        newest_known.measured_on,
        newest_known.known_on
    from asked
    asof inner join newest_known
        on
            asked.person_key = newest_known.person_key
            and asked.measure = newest_known.measure
            and asked.month_start > newest_known.known_on
),

final as (
    select
        latest.person_key,
        latest.measure,
        latest.month,
        latest.value,
        latest.measured_on,
        {{ month_number('latest.known_on') }} as known_month,
        earlier.value as value_year_before
    from latest
    asof left join newest_known as earlier
        on
            latest.person_key = earlier.person_key
            and latest.measure = earlier.measure
            and latest.year_before >= earlier.measured_on
)

select * from final
