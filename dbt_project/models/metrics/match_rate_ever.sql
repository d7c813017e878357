-- Of the mentees enrolled at any time of the period, how many were in a pair at any time of it.

with

mentee_periods as (
    select * from {{ ref('int_mentee_periods') }}
),

mentees_of_the_period as (
    select
        *,
        case when has_pair_in_the_period then 1 else 0 end as numerator,
        1 as denominator
    from mentee_periods
),

{{ rate_rows('mentees_of_the_period', per_person=true) }}
