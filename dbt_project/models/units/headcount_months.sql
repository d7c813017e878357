-- One row per month and business unit: opening + joiners - leavers + transfers_in - transfers_out = closing. Employees only.
-- Opening and closing are counted on the days before the first and on the last. A spell is cut where the unit changes, and each piece counts from the
-- first month's end that it reaches to the last one, so that nobody becomes a row a month.

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
    select 0 as months_ago
    {% for months_ago in range(1, var('headcount_months') | int) -%}
    union all
    select {{ months_ago }} as months_ago
    {% endfor %}
),

months_completed as (
    select
        cast({{ dbt.dateadd('month', '-months_back.months_ago', dbt.date_trunc('month', 'workspace.as_of_date')) }} as date) as month_start,
        {{ month_number('workspace.as_of_date') }} - months_back.months_ago as month
    from workspace
    cross join months_back
    where {{ month_number('workspace.as_of_date') }} - months_back.months_ago < {{ month_number(dbt.dateadd('day', 1, 'workspace.as_of_date')) }}
),

spells_of_employees as (
    select
        spells.person_key,
        spells.spell_no,
        spells.start_date,
        coalesce(spells.end_date, {{ end_of_time() }}) as end_date
    from spells
    inner join persons
        on
            spells.person_key = persons.person_key
            and persons.person_kind = 'employee'
),

days_of_change as (
    select
        person_key,
        spell_no,
        end_date,
        start_date as day
    from spells_of_employees
    union
    select
        spells.person_key,
        spells.spell_no,
        spells.end_date,
        job_states.valid_from as day
    from spells_of_employees as spells
    inner join job_states
        on
            spells.person_key = job_states.person_key
            and spells.start_date < job_states.valid_from
            and spells.end_date > job_states.valid_from
    union
    select
        spells.person_key,
        spells.spell_no,
        spells.end_date,
        job_states.valid_to as day
    from spells_of_employees as spells
    inner join job_states
        on
            spells.person_key = job_states.person_key
            and spells.start_date < job_states.valid_to
            and spells.end_date > job_states.valid_to
),

pieces as (
    select
        days_of_change.person_key,
        days_of_change.spell_no,
        days_of_change.end_date,
        days_of_change.day as from_day,
        coalesce(
            lead(days_of_change.day) over (partition by days_of_change.person_key, days_of_change.spell_no order by days_of_change.day),
            days_of_change.end_date
        ) as until_day,
        coalesce(job_states.business_unit, 'unknown') as business_unit,
        row_number() over (partition by days_of_change.person_key, days_of_change.spell_no order by days_of_change.day) as place
    from days_of_change
    left join job_states
        on
            days_of_change.person_key = job_states.person_key
            and days_of_change.day >= job_states.valid_from
            and days_of_change.day < coalesce(job_states.valid_to, {{ end_of_time() }})
),

-- where the unit was looked at: on the first day, at the ends of months, on the last day
looks as (
    select
        person_key,
        spell_no,
        business_unit,
        0 as kind,
        place,
        {{ month_number('from_day') }} as month,
        {{ month_number('from_day') }} as until_month
    from pieces
    where place = 1
    union all
    select
        person_key,
        spell_no,
        business_unit,
        1 as kind,
        place,
        {{ month_number('from_day') }} as month,
        {{ month_number('until_day') }} as until_month
    from pieces
    where {{ month_number('from_day') }} < {{ month_number('until_day') }}
    union all
    select
        person_key,
        spell_no,
        business_unit,
        2 as kind,
        place,
        {{ month_number('end_date') }} as month,
        {{ month_number('end_date') }} as until_month
    from pieces
    where
        until_day = end_date
        and end_date < {{ end_of_time() }}
),

earlier_looks_beside as (
    select
        *,
        lag(business_unit) over (
            partition by person_key, spell_no
            order by place, kind
        ) as earlier_unit
    from looks
),

movements as (
    select
        month,
        business_unit,
        'joiners' as movement,
        count(*) as people
    from looks
    where kind = 0
    group by
        month,
        business_unit
    union all
    select
        month,
        business_unit,
        'leavers' as movement,
        count(*) as people
    from looks
    where kind = 2
    group by
        month,
        business_unit
    union all
    select
        month,
        business_unit,
        'transfers_in' as movement,
        count(*) as people
    from earlier_looks_beside
    where
        kind > 0
        and business_unit <> earlier_unit
    group by
        month,
        business_unit
    union all
    select
        month,
        earlier_unit as business_unit,
        'transfers_out' as movement,
        count(*) as people
    from earlier_looks_beside
    where
        kind > 0
        and business_unit <> earlier_unit
    group by
        month,
        earlier_unit
    union all
    select
        month,
        business_unit,
        'change' as movement,
        count(*) as people
    from looks
    where kind = 1
    group by
        month,
        business_unit
    union all
    select
        until_month as month,
        business_unit,
        'change' as movement,
        -count(*) as people
    from looks
    where kind = 1
    group by
        until_month,
        business_unit
),

units as (
    select distinct business_unit from movements
),

months_walked as (
    select
        months_completed.month_start,
        units.business_unit,
        sum(case when movements.movement = 'change' and movements.month < months_completed.month then movements.people else 0 end) as opening,
        sum(case when movements.movement = 'joiners' and movements.month = months_completed.month then movements.people else 0 end) as joiners,
        sum(case when movements.movement = 'leavers' and movements.month = months_completed.month then movements.people else 0 end) as leavers,
        sum(case when movements.movement = 'transfers_in' and movements.month = months_completed.month then movements.people else 0 end) as transfers_in,
        sum(case when movements.movement = 'transfers_out' and movements.month = months_completed.month then movements.people else 0 end) as transfers_out,
        sum(case when movements.movement = 'change' then movements.people else 0 end) as closing
    from months_completed
    cross join units
    inner join movements
        on
            units.business_unit = movements.business_unit
            and months_completed.month >= movements.month
    group by
        months_completed.month_start,
        units.business_unit
),

final as (
    select
        month_start as month,
        business_unit,
        cast(opening as integer) as opening,
        cast(joiners as integer) as joiners,
        cast(leavers as integer) as leavers,
        cast(transfers_in as integer) as transfers_in,
        cast(transfers_out as integer) as transfers_out,
        cast(closing as integer) as closing
    from months_walked
    where opening + joiners + leavers + transfers_in + transfers_out + closing > 0
)

select * from final
