-- One row per employment spell and complete month on whose first day it lasted: what was known of the person that day, and what changed in its course.
-- A level counts from the day on which the organisation knew it (`known_from`), or from its own first day where the source keeps no such date.
-- People without consent to analytics are left out.

with

spells as (
    select * from {{ ref('employment_spells') }}
),

persons as (
    select * from {{ ref('persons') }}
),

without_consent as (
    select * from {{ ref('int_people_without_consent') }}
),

job_states as (
    select * from {{ ref('int_job_states') }}
),

promotions as (
    select * from {{ ref('promotions') }}
),

starts as (
    select * from {{ ref('int_mentoring_starts') }}
),

months as (
    select
        cast(month_start as date) as month_start,
        {{ month_number('month_start') }} as month
    from (
        select
            unnest(generate_series(
                (select date_trunc('month', min(starts.began_date)) from starts),
                {{ as_of_date() }},
                interval 1 month
            )) as month_start
    )
    where {{ dbt.last_day('month_start', 'month') }} <= {{ as_of_date() }}
),

spells_of_employees as (
    select spells.*
    from spells
    inner join persons
        on
            spells.person_key = persons.person_key
            and persons.person_kind = 'employee'
    left join without_consent on spells.person_key = without_consent.person_key
    where without_consent.person_key is null
),

spell_months as (
    select
        spells.person_key,
        spells.person_key || ':' || spells.spell_no as spell_key,
        spells.start_date as hired_date,
        spells.end_kind,
        months.month,
        months.month_start,
        coalesce({{ month_of_change("spells.end_date") }} = months.month, false) as leaves
    from spells_of_employees as spells
    inner join months
        on
            spells.start_date <= months.month_start
            and coalesce(spells.end_date, {{ end_of_time() }}) > months.month_start
),

states_known as (
    select
        person_key,
        level_rank,
        business_unit,
        department,
        greatest(valid_from, coalesce(known_date, valid_from)) as known_date
    from job_states
    where level_rank is not null
    -- a correction that came late about an earlier state doesn't replace what is newer
    qualify valid_from >= max(valid_from) over (
        partition by person_key order by known_date, valid_from
        rows between unbounded preceding and current row
    )
),

levels_beside as (
    select
        spell_months.*,
        states_known.level_rank,
        states_known.business_unit,
        states_known.department,
        {{ month_number('states_known.known_date') }} as level_known_month
    from spell_months
    asof left join states_known
        on
            spell_months.person_key = states_known.person_key
            -- strictly before the month: what becomes known on its first day may already be a result
            and spell_months.month_start > states_known.known_date
),

promotion_months as (
    select distinct
        person_key,
        {{ month_of_change('promoted_date') }} as month
    from promotions
),

final as (
    select
        levels_beside.person_key,
        levels_beside.spell_key,
        levels_beside.month,
        levels_beside.month_start,
        {{ dbt.datediff('levels_beside.hired_date', 'levels_beside.month_start', 'day') }} as tenure_days,
        levels_beside.level_rank,
        levels_beside.level_known_month,
        levels_beside.business_unit,
        levels_beside.department,
        levels_beside.leaves,
        case when levels_beside.leaves then levels_beside.end_kind end as end_kind,
        promotion_months.month is not null and not levels_beside.leaves as is_promoted
    from levels_beside
    left join promotion_months
        on
            levels_beside.person_key = promotion_months.person_key
            and levels_beside.month = promotion_months.month
)

select * from final
