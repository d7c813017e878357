{% call metric() %}
label: Internal mobility
definition: Promotions and lateral moves per person-year employed.
formula: (promotions + lateral moves) / person-years
numerator: Promotions and moves to another department, business unit or job family on the same rank
denominator: Person-years employed in the window
population: Employees
index_date: Day of the move
belongs_on: on the first day of the window
window: The month, or the last twelve months
exclusions: People who said no to analytics.
minimum_n: 5
direction: increase
unit: share
interval_method: poisson
owner: People analytics
version: 2
headline: false
now: last_month
own_months: true
needs: [levels, past_jobs]
{% endcall %}

-- Promotions and lateral moves per person-year employed.

with

moves_counted_per_year as (
    {{ moves_per_year(['promotion', 'lateral']) }}
),

{{ event_rows('moves_counted_per_year', lone='is_only_spell', unmoved='contribution_of_nothing') }}
