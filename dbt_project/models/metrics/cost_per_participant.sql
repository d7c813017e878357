-- What a programme has cost so far per person who ever took part: bills, staff hours and the hours of mentor and mentee in held sessions at the loaded rate.

with

costs as (
    select * from {{ ref('costs') }}
),

sessions as (
    select * from {{ ref('sessions') }}
),

members as (
    select * from {{ ref('pair_members') }}
),

programmes as (
    select * from {{ ref('programmes') }}
),

enrolments as (
    select * from {{ ref('enrolments') }}
),

periods as (
    select * from {{ ref('int_periods') }}
    where period_kind = 'to_date'
),

bills as (
    select
        costs.programme_id,
        cast(null as varchar) as cohort_id,
        cast(null as varchar) as person_key,
        costs.amount + coalesce(costs.hours * programmes.loaded_hourly_rate, 0) as numerator,
        0 as denominator
    from costs
    inner join programmes on costs.programme_id = programmes.programme_id
    where
        costs.incurred_date <= {{ as_of_date() }}
        and costs.currency is not distinct from programmes.currency
),

people_per_pair as (
    select
        pair_id,
        count(distinct person_key) as people
    from members
    group by pair_id
),

hours_of_people as (
    select
        sessions.programme_id,
        sessions.cohort_id,
        cast(null as varchar) as person_key,
        sessions.meeting_hours * people_per_pair.people * programmes.loaded_hourly_rate as numerator,
        0 as denominator
    from sessions
    inner join people_per_pair on sessions.pair_id = people_per_pair.pair_id
    inner join programmes
        on
            sessions.programme_id = programmes.programme_id
            and programmes.loaded_hourly_rate is not null
    where sessions.status = 'held'
),

people_enrolled as (
    select distinct
        programme_id,
        cast(null as varchar) as cohort_id,
        person_key,
        0 as numerator,
        1 as denominator
    from enrolments
),

programmes_with_a_price as (
    select programme_id from bills
    union
    select programme_id from hours_of_people
),

-- bills are not kept by cohort, so the figure is the programme's as a whole
costs_and_people as (
    select
        united.programme_id,
        cast(null as varchar) as cohort_id,
        united.person_key,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        'all' as segment_kind,
        'all' as segment_value,
        united.numerator,
        united.denominator
    from (
        select * from bills
        union all
        select * from hours_of_people
        union all
        select * from people_enrolled
    ) as united
    inner join programmes_with_a_price on united.programme_id = programmes_with_a_price.programme_id
    cross join periods
),

{{ ratio_rows('costs_and_people', own_segment='given') }}
