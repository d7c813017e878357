-- One row per person and uninterrupted employment (or enrolment), half-open, across business units and sources.
-- A break of up to `rehire_gap_days` is no break. A source that gives hire and end dates but no spells gets one spell from them.
-- Who has left by the source's word, with no day of leaving, is in no employment that we can date: neither staff of today nor somebody who stayed.

with

spells as (
    select * from {{ ref('stg_employment_spells') }}
),

persons as (
    select * from {{ ref('stg_persons') }}
),

resolved as (
    select * from {{ ref('int_persons_resolved') }}
),

spells_from_hire_dates as (
    select
        persons.source_instance,
        persons.person_id,
        persons.latest_hire_date as start_date,
        -- the last day worked is inclusive in the source
        {{ dbt.dateadd('day', 1, 'persons.termination_date') }} as end_date,
        'unknown' as end_kind
    from persons
    left join spells
        on
            persons.source_instance = spells.source_instance
            and persons.person_id = spells.person_id
    where
        spells.person_id is null
        and persons.latest_hire_date is not null
),

spells_united as (
    select
        source_instance,
        person_id,
        hire_date as start_date,
        end_date,
        end_kind
    from spells
    union all
    select * from spells_from_hire_dates
),

-- An employment may stay open in its own table although the person's record tells the last day.
persons_left as (
    select
        source_instance,
        person_id,
        cast({{ dbt.dateadd('day', 1, 'termination_date') }} as date) as end_date
    from persons
    where
        status = 'inactive'
        and termination_date is not null
),

spells_of_people as (
    select
        resolved.person_key,
        spells_united.start_date,
        coalesce(cast(spells_united.end_date as date), persons_left.end_date, {{ end_of_time() }}) as end_date,
        spells_united.end_kind
    from spells_united
    inner join resolved
        on
            spells_united.source_instance = resolved.source_instance
            and spells_united.person_id = resolved.person_id
    left join persons
        on
            spells_united.source_instance = persons.source_instance
            and spells_united.person_id = persons.person_id
    left join persons_left
        on
            spells_united.source_instance = persons_left.source_instance
            and spells_united.person_id = persons_left.person_id
    where
        coalesce(spells_united.end_date, persons_left.end_date) > spells_united.start_date
        or (
            spells_united.end_date is null
            and persons_left.end_date is null
            and coalesce(persons.status, 'unknown') <> 'inactive'
        )
),

earlier_ends_found as (
    select
        *,
        max(end_date) over (
            partition by person_key order by start_date, end_date
            rows between unbounded preceding and 1 preceding
        ) as latest_end_before
    from spells_of_people
),

breaks_marked as (
    select
        *,
        case
            when latest_end_before is null then 1
            when latest_end_before = {{ end_of_time() }} then 0
            when {{ dbt.datediff('latest_end_before', 'start_date', 'day') }} > {{ var('rehire_gap_days') }} then 1
            else 0
        end as begins_anew
    from earlier_ends_found
),

spells_numbered as (
    select
        *,
        sum(begins_anew) over (partition by person_key order by start_date, end_date rows unbounded preceding) as spell_no
    from breaks_marked
),

final as (
    select
        person_key,
        cast(spell_no as integer) as spell_no,
        min(start_date) as start_date,
        nullif(max(end_date), {{ end_of_time() }}) as end_date,
        case when max(end_date) < {{ end_of_time() }} then coalesce(max_by(end_kind, end_date), 'unknown') end as end_kind,
        cast(count(*) as integer) as source_spells
    from spells_numbered
    group by person_key, spell_no
)

select * from final
