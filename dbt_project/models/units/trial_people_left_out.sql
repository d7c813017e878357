-- One row per programme, kind of event and month: how many people who could never have begun and didn't came on record in it, had the event for the first
-- time, and were on record for the last time. Comparisons of everybody on record need no more of them.

with

spans as (
    select * from {{ ref('int_trial_spans') }}
    where not is_in_question
),

promotions as (
    select * from {{ ref('promotions') }}
),

ramp_ups as (
    select * from {{ ref('int_ramp_ups') }}
),

people as (
    select
        programme_id,
        person_key,
        min(first_month) as first_month,
        max(last_month) as last_month,
        min(leaving_month) as left_month,
        min(case when end_kind = 'voluntary' then leaving_month end) as left_voluntarily_month
    from spans
    group by
        programme_id,
        person_key
),

promotion_months as (
    select distinct
        person_key,
        {{ month_of_change('promoted_date') }} as month
    from promotions
),

first_promotions as (
    select
        spans.programme_id,
        spans.person_key,
        min(promotion_months.month) as month
    from spans
    inner join promotion_months
        on
            spans.person_key = promotion_months.person_key
            and promotion_months.month between spans.first_month and spans.last_month
            and promotion_months.month <> coalesce(spans.leaving_month, -1)
    group by
        spans.programme_id,
        spans.person_key
),

readings as (
    select
        spans.programme_id,
        spans.person_key,
        spans.first_month,
        spans.last_month,
        {{ month_of_change('ramp_ups.ramped_up_date') }} as ramped_month,
        {{ month_number('ramp_ups.last_reading_date') }} as last_reading_month
    from spans
    inner join ramp_ups
        on
            spans.person_key = ramp_ups.person_key
            and spans.hired_date = ramp_ups.hire_date
),

-- nobody waits for a ramp-up before the first reading's month of employment or after the last one
people_read as (
    select
        programme_id,
        person_key,
        min(first_month) as first_month,
        max(least(last_month, coalesce(ramped_month, last_reading_month))) as last_month,
        min(case when ramped_month between first_month and last_month then ramped_month end) as event_month
    from readings
    where first_month <= coalesce(ramped_month, last_reading_month)
    group by
        programme_id,
        person_key
),

waits as (
    select
        programme_id,
        'retained' as event,
        first_month,
        last_month,
        left_month as event_month
    from people
    union all
    select
        programme_id,
        'left_voluntarily' as event,
        first_month,
        last_month,
        left_voluntarily_month as event_month
    from people
    union all
    select
        people.programme_id,
        'promoted' as event,
        people.first_month,
        people.last_month,
        first_promotions.month as event_month
    from people
    left join first_promotions
        on
            people.programme_id = first_promotions.programme_id
            and people.person_key = first_promotions.person_key
    union all
    select
        programme_id,
        'ramp_up' as event,
        first_month,
        last_month,
        event_month
    from people_read
),

months_of_people as (
    select
        programme_id,
        event,
        first_month as month,
        1 as came,
        0 as had_it,
        0 as last_seen
    from waits
    union all
    select
        programme_id,
        event,
        event_month as month,
        0 as came,
        1 as had_it,
        0 as last_seen
    from waits
    where event_month is not null
    union all
    select
        programme_id,
        event,
        last_month as month,
        0 as came,
        0 as had_it,
        1 as last_seen
    from waits
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
