{% call metric() %}
label: Matched now
definition: Of the mentees enrolled on the day, the share in an open pair on that day.
formula: mentees in an open pair / mentees enrolled
numerator: Mentees enrolled on the day who are in an open pair
denominator: Mentees enrolled on the day
population: Enrolled mentees
index_date: Last day of the period
belongs_on: on the day of enrolment
window: One day
exclusions: People who said no to analytics.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 2
headline: false
now: last_month
{% endcall %}

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
