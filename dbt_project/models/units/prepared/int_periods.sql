-- One row per period that a metric is read for: "to_date" (everything up to the as-of day) and each of the last complete months.
-- Both ends are inclusive. `window_start` is where a metric that looks at an ongoing rate begins: the month's first day, or twelve months back.

with

workspace as (
    select * from {{ ref('stg_workspace') }}
),

months_back as (
    select cast(unnest(range(0, {{ var('months_shown') }})) as integer) as months_ago
),

months_begun as (
    select
        cast({{ dbt.dateadd('month', '-months_back.months_ago', dbt.date_trunc('month', 'workspace.as_of_date')) }} as date) as month_start,
        workspace.as_of_date
    from workspace
    cross join months_back
),

months_completed as (
    select
        'month' as period_kind,
        month_start as period_start,
        {{ dbt.last_day('month_start', 'month') }} as period_end,
        month_start as window_start
    from months_begun
    where {{ dbt.last_day('month_start', 'month') }} <= as_of_date
),

everything_to_date as (
    select
        'to_date' as period_kind,
        {{ beginning_of_time() }} as period_start,
        as_of_date as period_end,
        cast({{ dbt.dateadd('day', 1, dbt.dateadd('month', -12, 'as_of_date')) }} as date) as window_start
    from workspace
),

final as (
    select * from everything_to_date
    union all
    select * from months_completed
)

select * from final
