-- One row per person, measure and value that became the newest one known: the first month before which the organisation knew it, and the first one that
-- lies a year or more after the day that it speaks of. A later correction of an older value doesn't replace a newer one.

with

measures as (
    select * from {{ ref('stg_person_measures') }}
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

newest_beside as (
    select
        *,
        max(measured_on) over (
            partition by person_key, measure order by known_on, measured_on
            rows between unbounded preceding and current row
        ) as newest_on
    from measures_of_people
),

final as (
    select
        person_key,
        measure,
        value,
        measured_on,
        known_on,
        {{ month_number('known_on') }} as known_month,
        {{ month_from('measured_on') }} + 12 as year_past_month
    from newest_beside
    where measured_on >= newest_on
)

select * from final
