-- opening + joiners - leavers + transfers in - transfers out = closing, in every month and business unit; and each month opens as the last one closed.

with

headcount_months as (
    select * from {{ ref('headcount_months') }}
),

walks_broken as (
    select
        month,
        business_unit,
        'does not add up' as problem
    from headcount_months
    where opening + joiners - leavers + transfers_in - transfers_out != closing
),

openings_broken as (
    select
        this_month.month,
        this_month.business_unit,
        'opens otherwise than the month before closed' as problem
    from headcount_months as this_month
    inner join headcount_months as last_month
        on
            this_month.business_unit = last_month.business_unit
            and this_month.month = {{ dbt.dateadd('month', 1, 'last_month.month') }}
    where this_month.opening != last_month.closing
),

final as (
    select * from walks_broken
    union all
    select * from openings_broken
)

select * from final
