-- One row per programme, cohort and mentee with an employment record (and, as programme "organisation", per employee on the roster
-- at the start of each horizon): index day, day of leaving and first promotion after the index day.
-- The clock starts on the day of enrolment, never before, so that nobody is credited with time that they had to survive in order to join.

with

enrolments as (
    select * from {{ ref('enrolments') }}
),

spells as (
    select * from {{ ref('employment_spells') }}
),

promotions as (
    select * from {{ ref('promotions') }}
),

persons as (
    select * from {{ ref('persons') }}
),

horizons as (
    select unnest([3, 6, 12, 24]) as horizon_months
),

mentees_indexed as (
    select
        programme_id,
        cohort_id,
        person_key,
        cast(null as integer) as horizon_months,
        enrolled_date as index_date
    from enrolments
    where
        role = 'mentee'
        and enrolled_date <= {{ as_of_date() }}
),

-- for the organisation each horizon looks at the roster exactly that long ago, so that every window is over
roster_indexed as (
    select
        'organisation' as programme_id,
        cast(null as varchar) as cohort_id,
        spells.person_key,
        cast(horizons.horizon_months as integer) as horizon_months,
        cast({{ dbt.dateadd('month', '-horizons.horizon_months', as_of_date()) }} as date) as index_date
    from spells
    inner join persons
        on
            spells.person_key = persons.person_key
            and persons.person_kind = 'employee'
    cross join horizons
    where
        spells.start_date <= {{ dbt.dateadd('month', '-horizons.horizon_months', as_of_date()) }}
        and coalesce(spells.end_date, {{ end_of_time() }}) > {{ dbt.dateadd('month', '-horizons.horizon_months', as_of_date()) }}
),

people_indexed as (
    select * from mentees_indexed
    union all
    select * from roster_indexed
),

employed_on_the_index_day as (
    select
        people_indexed.*,
        spells.start_date,
        -- a student who finishes has not left early: from then on nobody looks
        case
            when spells.end_date <= {{ as_of_date() }} and (persons.person_kind = 'employee' or spells.end_kind in ('voluntary', 'involuntary'))
                then spells.end_date
        end as left_date,
        spells.end_date as observed_until,
        spells.end_kind
    from people_indexed
    inner join spells
        on
            people_indexed.person_key = spells.person_key
            and spells.start_date <= people_indexed.index_date
            and coalesce(spells.end_date, {{ end_of_time() }}) > people_indexed.index_date
    inner join persons on people_indexed.person_key = persons.person_key
),

final as (
    select
        employed.programme_id,
        employed.cohort_id,
        employed.person_key,
        employed.horizon_months,
        employed.index_date,
        employed.left_date,
        employed.observed_until,
        employed.end_kind,
        min(promotions.promoted_date) as promoted_date
    from employed_on_the_index_day as employed
    left join promotions
        on
            employed.person_key = promotions.person_key
            and promotions.promoted_date > employed.index_date
    group by all
)

select * from final
