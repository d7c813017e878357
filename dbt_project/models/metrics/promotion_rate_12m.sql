-- Share promoted within 365 days of the index day: cumulative incidence (Aalen-Johansen), where leaving rules a promotion out.

with

follow_up as (
    select * from {{ ref('int_follow_up') }}
),

promotions_followed as (
    {{ follow_up_in_periods(
        'follow_up', 'people.promoted_date', competing_date='people.left_date', ends_date='people.observed_until', horizon_months=12
    ) }}
),

{{ incidence_rows('promotions_followed', at_days=365) }}
