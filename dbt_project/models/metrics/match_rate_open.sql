-- Of the mentees enrolled on the period's last day, how many are in an open pair on that day.

with

mentee_periods as (
    select * from {{ ref('int_mentee_periods') }}
),

mentees_on_the_last_day as (
    select
        *,
        enrolled_date as belongs_on,
        case when has_pair_at_the_end then 1 else 0 end as numerator,
        1 as denominator
    from mentee_periods
    where is_enrolled_at_the_end
),

{{ rate_rows('mentees_on_the_last_day', per_person=true) }}
