{% call metric() %}
label: Cost per participant
definition: What the programme has cost, the time of mentors and mentees in held sessions included, per person who ever took part.
formula: costs / participants
numerator: Declared amounts; hours of own staff without an amount and hours in held sessions at the loaded rate
denominator: People ever enrolled
population: Programmes with costs or a loaded rate
index_date: As-of day
window: Everything to date
exclusions: Amounts in another currency. Hours beside an amount are not priced again.
minimum_n: 1
direction: decrease
unit: currency
interval_method: census
owner: People analytics
version: 2
headline: false
now: to_date
{% endcall %}

-- What a programme has cost so far per person who ever took part: its items and the time of mentors and mentees in held sessions (`int_programme_costs`).

with

programme_costs as (
    select * from {{ ref('int_programme_costs') }}
    where amount is not null
),

enrolments as (
    select * from {{ ref('enrolments') }}
),

periods as (
    select * from {{ ref('int_periods') }}
    where period_kind = 'to_date'
),

amounts as (
    select
        programme_id,
        cast(null as varchar) as cohort_id,
        cast(null as varchar) as person_key,
        amount as numerator,
        0 as denominator
    from programme_costs
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
    select distinct programme_id from programme_costs
),

-- costs are not kept by cohort, so the figure is the programme's as a whole
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
        select * from amounts
        union all
        select * from people_enrolled
    ) as united
    inner join programmes_with_a_price on united.programme_id = programmes_with_a_price.programme_id
    cross join periods
),

{{ ratio_rows('costs_and_people', own_segment='given') }}
