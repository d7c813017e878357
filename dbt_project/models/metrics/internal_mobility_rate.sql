-- Promotions and lateral moves per person-year employed.

with

moves_counted_per_year as (
    {{ moves_per_year(['promotion', 'lateral']) }}
),

{{ event_rows('moves_counted_per_year') }}
