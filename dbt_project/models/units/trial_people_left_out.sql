-- One row per programme, kind of event and month: how many people who could never have begun and didn't came on record in it, had the event for the first
-- time, and were on record for the last time. Comparisons of everybody on record need no more of them.

with

spans as (
    select * from {{ ref('int_trial_spans') }}
),

promotions as (
    select * from {{ ref('promotions') }}
),

ramp_ups as (
    select * from {{ ref('int_ramp_ups') }}
),

spells as (
    select
        programme_id,
        person_key,
        spell_key,
        hired_date,
        min(first_month) as first_month,
        max(last_month) as last_month,
        max(leaving_month) as leaving_month,
        max(end_kind) as end_kind
    from spans
    where not is_in_question
    group by
        programme_id,
        person_key,
        spell_key,
        hired_date
),

promotion_months as (
    select distinct
        person_key,
        {{ month_of_change('promoted_date') }} as month
    from promotions
),

first_promotions as (
    select
        spells.programme_id,
        spells.spell_key,
        min(promotion_months.month) as month
    from spells
    inner join promotion_months
        on
            spells.person_key = promotion_months.person_key
            and promotion_months.month between spells.first_month and spells.last_month
            and promotion_months.month <> coalesce(spells.leaving_month, -1)
    group by
        spells.programme_id,
        spells.spell_key
),

readings as (
    select
        spells.programme_id,
        spells.person_key,
        spells.first_month,
        spells.last_month,
        {{ month_of_change('ramp_ups.ramped_up_date') }} as ramped_month,
        {{ month_number('ramp_ups.last_reading_date') }} as last_reading_month
    from spells
    inner join ramp_ups
        on
            spells.person_key = ramp_ups.person_key
            and spells.hired_date = ramp_ups.hire_date
),

waits as (
    select
        programme_id,
        person_key,
        'retained' as event,
        first_month,
        last_month,
        leaving_month as event_month
    from spells
    union all
    select
        programme_id,
        person_key,
        'left_voluntarily' as event,
        first_month,
        last_month,
        case when end_kind = 'voluntary' then leaving_month end as event_month
    from spells
    union all
    select
        spells.programme_id,
        spells.person_key,
        'promoted' as event,
        spells.first_month,
        spells.last_month,
        first_promotions.month as event_month
    from spells
    left join first_promotions
        on
            spells.programme_id = first_promotions.programme_id
            and spells.spell_key = first_promotions.spell_key
    union all
    -- nobody waits for a ramp-up before the first reading's month of employment or after the last one
    select
        programme_id,
        person_key,
        'ramp_up' as event,
        first_month,
        least(last_month, coalesce(ramped_month, last_reading_month)) as last_month,
        case when ramped_month between first_month and last_month then ramped_month end as event_month
    from readings
    where first_month <= coalesce(ramped_month, last_reading_month)
),

people as (
    select
        programme_id,
        event,
        person_key,
        min(first_month) as first_month,
        max(last_month) as last_month,
        min(event_month) as event_month
    from waits
    group by
        programme_id,
        event,
        person_key
),

months_of_people as (
    select
        programme_id,
        event,
        first_month as month,
        1 as came,
        0 as had_it,
        0 as last_seen
    from people
    union all
    select
        programme_id,
        event,
        event_month as month,
        0 as came,
        1 as had_it,
        0 as last_seen
    from people
    where event_month is not null
    union all
    select
        programme_id,
        event,
        last_month as month,
        0 as came,
        0 as had_it,
        1 as last_seen
    from people
),

final as (
    select
        programme_id,
        event,
        month,
        cast(sum(came) as integer) as people_came,
        cast(sum(had_it) as integer) as people_with_event,
        cast(sum(last_seen) as integer) as people_last_seen
    from months_of_people
    group by
        programme_id,
        event,
        month
)

select * from final
