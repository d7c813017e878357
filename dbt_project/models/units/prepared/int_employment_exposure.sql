-- One row per employee, spell and period: days employed within the period's window (the month, or the last twelve months to date) and the exit in it.
-- What concerns the spell alone is made before it meets the periods: whether the employee has no other one, and the number that
-- event_rows takes for somebody of whom nothing is counted.

with

spells as (
    select
        *,
        count(*) over (partition by person_key) = 1 as is_only_spell,
        {{ contribution_of_nothing('person_key') }} as contribution_of_nothing
    from {{ ref('employment_spells') }}
),

persons as (
    select * from {{ ref('persons') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

final as (
    select
        'organisation' as programme_id,
        cast(null as varchar) as cohort_id,
        spells.person_key,
        spells.spell_no,
        spells.is_only_spell,
        spells.contribution_of_nothing,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        periods.window_start,
        greatest(spells.start_date, periods.window_start) as exposed_from,
        least(coalesce(spells.end_date, {{ end_of_time() }}), periods.period_end) as exposed_until,
        {{ dbt.datediff(
            'greatest(spells.start_date, periods.window_start)',
            'least(coalesce(spells.end_date, ' ~ end_of_time() ~ '), ' ~ dbt.dateadd('day', 1, 'periods.period_end') ~ ')',
            'day'
        ) }} as days_employed,
        case when spells.end_date <= periods.period_end then spells.end_kind end as exit_kind
    from spells
    inner join persons
        on
            spells.person_key = persons.person_key
            and persons.person_kind = 'employee'
    inner join periods
        on
            spells.start_date <= periods.period_end
            and coalesce(spells.end_date, {{ end_of_time() }}) >= periods.window_start
)

select * from final
