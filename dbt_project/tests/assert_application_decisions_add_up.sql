-- No application is lost between the source and the mart, and the decisions add up to the applications.

with

applications as (
    select * from {{ ref('applications') }}
),

staged as (
    select * from {{ ref('stg_applications') }}
),

counted as (
    select
        (select count(*) from staged) as staged_rows,
        (select count(*) from applications) as mart_rows,
        (
            select count(*) from applications
            where decision in ('accepted', 'rejected', 'waitlisted', 'withdrawn', 'pending')
        ) as rows_decided
),

final as (
    select * from counted
    where
        staged_rows != mart_rows
        or rows_decided != mart_rows
)

select * from final
