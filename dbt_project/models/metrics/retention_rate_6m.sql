-- Share still employed 182 days after the index day, Kaplan-Meier: who is not followed that long yet counts as long as they were.

with

follow_up as (
    select * from {{ ref('int_follow_up') }}
),

exits_followed as (
    {{ follow_up_in_periods('follow_up', 'people.left_date', ends_date='people.observed_until', horizon_months=6) }}
),

{{ survival_rows('exits_followed', at_days=182) }}
