-- One row per month and business unit: opening + joiners - leavers + transfers_in - transfers_out = closing. Employees only.
-- Opening and closing are counted on the days before the first and on the last; the movements between are counted from the spells.

with

workspace as (
    select * from {{ ref('stg_workspace') }}
),

spells as (
    select * from {{ ref('int_employment_spells_merged') }}
),

job_states as (
    select * from {{ ref('int_job_states') }}
),

persons as (
    select * from {{ ref('persons') }}
),

months_back as (
    select cast(unnest(range(0, {{ var('headcount_months') }})) as integer) as months_ago
),

months_completed as (
    select
        cast({{ dbt.dateadd('month', '-months_back.months_ago', dbt.date_trunc('month', 'workspace.as_of_date')) }} as date) as month_start,
        {{ dbt.last_day(
            dbt.dateadd('month', '-months_back.months_ago', dbt.date_trunc('month', 'workspace.as_of_date')), 'month'
        ) }} as month_end
    from workspace
    cross join months_back
    where {{ dbt.last_day(
        dbt.dateadd('month', '-months_back.months_ago', dbt.date_trunc('month', 'workspace.as_of_date')), 'month'
    ) }} <= workspace.as_of_date
),

-- first and last day of each spell within each month, and whether it was already running and still ran
spells_within_months as (
    select
        months.month_start,
        spells.person_key,
        spells.start_date < months.month_start as is_opening,
        spells.end_date is null or spells.end_date > months.month_end as is_closing,
        case
            when spells.start_date < months.month_start then cast({{ dbt.dateadd('day', -1, 'months.month_start') }} as date)
            else spells.start_date
        end as entry_day,
        case
            when spells.end_date is null or spells.end_date > months.month_end then months.month_end
            else cast({{ dbt.dateadd('day', -1, 'spells.end_date') }} as date)
        end as exit_day
    from spells
    inner join persons
        on
            spells.person_key = persons.person_key
            and persons.person_kind = 'employee'
    inner join months_completed as months
        on
            spells.start_date <= months.month_end
            and coalesce(spells.end_date, {{ end_of_time() }}) >= months.month_start
),

units_on_both_days as (
    select
        spells_within_months.*,
        coalesce(entries.business_unit, 'unknown') as entry_unit,
        coalesce(exits.business_unit, 'unknown') as exit_unit
    from spells_within_months
    left join job_states as entries
        on
            spells_within_months.person_key = entries.person_key
            and entries.valid_from <= spells_within_months.entry_day
            and coalesce(entries.valid_to, {{ end_of_time() }}) > spells_within_months.entry_day
    left join job_states as exits
        on
            spells_within_months.person_key = exits.person_key
            and exits.valid_from <= spells_within_months.exit_day
            and coalesce(exits.valid_to, {{ end_of_time() }}) > spells_within_months.exit_day
),

movements as (
    select
        month_start,
        entry_unit as business_unit,
        cast(is_opening as integer) as opening,
        cast(not is_opening as integer) as joiners,
        0 as leavers,
        0 as transfers_in,
        cast(entry_unit != exit_unit as integer) as transfers_out,
        0 as closing
    from units_on_both_days
    union all
    select
        month_start,
        exit_unit as business_unit,
        0 as opening,
        0 as joiners,
        cast(not is_closing as integer) as leavers,
        cast(entry_unit != exit_unit as integer) as transfers_in,
        0 as transfers_out,
        cast(is_closing as integer) as closing
    from units_on_both_days
),

final as (
    select
        month_start as month,
        business_unit,
        cast(sum(opening) as integer) as opening,
        cast(sum(joiners) as integer) as joiners,
        cast(sum(leavers) as integer) as leavers,
        cast(sum(transfers_in) as integer) as transfers_in,
        cast(sum(transfers_out) as integer) as transfers_out,
        cast(sum(closing) as integer) as closing
    from movements
    group by month_start, business_unit
)

select * from final
