-- Closing headcount against a count of people straight from the sources' own spells: whoever has a spell of any source open on the month's last day, or whose
-- break around that day is within the rehire gap. Who has left by the source's word ends an open spell on the last day
-- that is told of the person, and without one is nobody's staff. Independent of the merged spells.

with

headcount_months as (
    select * from {{ ref('headcount_months') }}
),

spells as (
    select * from {{ ref('stg_employment_spells') }}
),

resolved as (
    select * from {{ ref('int_persons_resolved') }}
),

persons as (
    select * from {{ ref('persons') }}
    where person_kind = 'employee'
),

people_without_spells as (
    select
        records.source_instance,
        records.person_id,
        records.latest_hire_date as hire_date,
        cast({{ dbt.dateadd('day', 1, 'records.termination_date') }} as date) as end_date
    from {{ ref('stg_persons') }} as records
    left join spells on records.person_id = spells.person_id
    where
        records.latest_hire_date is not null
        and spells.person_id is null
),

spells_of_any_kind as (
    select
        source_instance,
        person_id,
        hire_date,
        end_date
    from spells
    union all
    select * from people_without_spells
),

spells_ended as (
    select
        spells.source_instance,
        spells.person_id,
        spells.hire_date,
        case
            when spells.end_date is null and records.status = 'inactive'
                then coalesce(cast({{ dbt.dateadd('day', 1, 'records.termination_date') }} as date), spells.hire_date)
            else spells.end_date
        end as end_date
    from spells_of_any_kind as spells
    left join {{ ref('stg_persons') }} as records
        on
            spells.source_instance = records.source_instance
            and spells.person_id = records.person_id
),

source_spells as (
    select
        resolved.person_key,
        spells.hire_date,
        coalesce(spells.end_date, {{ end_of_time() }}) as end_date
    from spells_ended as spells
    inner join resolved
        on
            spells.source_instance = resolved.source_instance
            and spells.person_id = resolved.person_id
    inner join persons on resolved.person_key = persons.person_key
    where spells.end_date is null or spells.end_date > spells.hire_date
),

month_ends as (
    select
        month,
        {{ dbt.last_day('month', 'month') }} as month_end,
        sum(closing) as closing
    from headcount_months
    group by month
),

people_there_or_between as (
    select
        month_ends.month,
        count(distinct case
            when before.hire_date <= month_ends.month_end and before.end_date > month_ends.month_end then before.person_key
            when
                before.end_date <= month_ends.month_end
                and after.hire_date > month_ends.month_end
                and {{ dbt.datediff('before.end_date', 'after.hire_date', 'day') }} <= {{ var('rehire_gap_days') }} then before.person_key
        end) as people
    from month_ends
    inner join source_spells as before on before.hire_date <= month_ends.month_end
    left join source_spells as after
        on
            before.person_key = after.person_key
            and after.hire_date > before.end_date
    group by month_ends.month
),

final as (
    select
        month_ends.month,
        month_ends.closing,
        people_there_or_between.people
    from month_ends
    left join people_there_or_between on month_ends.month = people_there_or_between.month
    where month_ends.closing is distinct from people_there_or_between.people
)

select * from final
