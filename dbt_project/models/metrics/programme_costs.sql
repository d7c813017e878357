-- What each programme has cost, item by item: everything to date, and the last three complete months.

with

programme_costs as (
    select * from {{ ref('int_programme_costs') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

last_months as (
    select
        period_start,
        period_end
    from periods
    where period_kind = 'month'
    order by period_end desc
    limit 3
),

last_quarter as (
    select
        'quarter' as period_kind,
        min(period_start) as period_start,
        max(period_end) as period_end
    from last_months
    having count(*) = 3
),

periods_told as (
    select
        period_kind,
        period_start,
        period_end
    from periods
    where period_kind = 'to_date'
    union all
    select * from last_quarter
),

final as (
    select
        programme_costs.programme_id,
        programme_costs.cost_kind,
        programme_costs.item,
        periods_told.period_kind,
        case when periods_told.period_kind = 'to_date' then min(programme_costs.incurred_date) else periods_told.period_start end as period_start,
        periods_told.period_end,
        round(sum(programme_costs.amount), 2) as amount,
        round(sum(programme_costs.hours), 4) as hours,
        programme_costs.hourly_rate,
        programme_costs.currency,
        cast(count(*) as bigint) as entries,
        cast(count(distinct programme_costs.person_key) as bigint) as n_people
    from programme_costs
    inner join periods_told on programme_costs.incurred_date between periods_told.period_start and periods_told.period_end
    group by
        programme_costs.programme_id,
        programme_costs.cost_kind,
        programme_costs.item,
        periods_told.period_kind,
        periods_told.period_start,
        periods_told.period_end,
        programme_costs.hourly_rate,
        programme_costs.currency
)

select * from final
