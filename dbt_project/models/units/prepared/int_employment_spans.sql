-- One row per employment spell and span of complete months, on whose first days it lasted and the last level known of the person was the same one.
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

starts as (
    select * from {{ ref('int_mentoring_starts') }}
),

-- from the first month in which mentoring began anywhere to the last one that is over
record as (
    select
        min({{ month_number('starts.began_date') }}) as first_month,
        {{ month_number(dbt.dateadd('day', 1, as_of_date())) }} - 1 as last_month
    from starts
    having count(*) > 0
),

spells_on_record as (
    select
        spells.person_key,
        spells.person_key || ':' || spells.spell_no as spell_key,
        spells.start_date as hired_date,
        greatest({{ month_from('spells.start_date') }}, record.first_month) as first_month,
        least(coalesce({{ month_of_change('spells.end_date') }}, record.last_month), record.last_month) as last_month,
        case when {{ month_of_change('spells.end_date') }} <= record.last_month then {{ month_of_change('spells.end_date') }} end as leaving_month,
        spells.end_kind
    from spells
    cross join record
    inner join persons
        on
            spells.person_key = persons.person_key
            and persons.person_kind = 'employee'
    left join without_consent on spells.person_key = without_consent.person_key
    where without_consent.person_key is null
),

levels_known as (
    select
        person_key,
        valid_from,
        level_rank,
        greatest(valid_from, coalesce(known_date, valid_from)) as known_on
    from job_states
    where level_rank is not null
),

newest_beside as (
    select
        *,
        max(valid_from) over (
            partition by person_key order by known_on, valid_from
            rows between unbounded preceding and current row
        ) as newest_from
    from levels_known
),

-- strictly before the month: what becomes known on its first day may already be a result
levels_by_month as (
    select
        person_key,
        level_rank,
        {{ month_number('known_on') }} as known_month,
        {{ month_number('known_on') }} + 1 as month,
        row_number() over (partition by person_key, {{ month_number('known_on') }} order by known_on desc, valid_from desc) as place
    from newest_beside
    -- a correction that came late about an earlier state doesn't replace what is newer
    where valid_from >= newest_from
),

levels_and_none_before as (
    select
        person_key,
        level_rank,
        known_month,
        month
    from levels_by_month
    where place = 1
    union all
    select distinct
        person_key,
        cast(null as integer) as level_rank,
        cast(null as integer) as known_month,
        0 as month
    from spells_on_record
),

levels_until_the_next as (
    select
        *,
        lead(month) over (partition by person_key order by month) - 1 as until_month
    from levels_and_none_before
),

final as (
    select
        spells.person_key,
        spells.spell_key,
        spells.hired_date,
        greatest(spells.first_month, levels.month) as first_month,
        least(spells.last_month, coalesce(levels.until_month, spells.last_month)) as last_month,
        spells.leaving_month,
        case when spells.leaving_month is not null then spells.end_kind end as end_kind,
        levels.level_rank,
        levels.known_month as level_known_month
    from spells_on_record as spells
    inner join levels_until_the_next as levels
        on
            spells.person_key = levels.person_key
            and spells.last_month >= levels.month
            and spells.first_month <= coalesce(levels.until_month, spells.first_month)
    where spells.first_month <= spells.last_month
)

select * from final
