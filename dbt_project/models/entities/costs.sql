-- One row per programme, cost item and day, in the programme's currency.

with

costs as (
    select * from {{ ref('stg_costs') }}
),

final as (
    select
        programme_id,
        item,
        incurred_date,
        amount,
        currency,
        hours
    from costs
)

select * from final
