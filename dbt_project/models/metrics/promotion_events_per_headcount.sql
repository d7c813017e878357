-- Promotions per person-year employed. Somebody promoted twice counts twice, which promotion_rate_12m does not.

with

promotions_per_year as (
    {{ moves_per_year(['promotion']) }}
),

{{ event_rows('promotions_per_year') }}
