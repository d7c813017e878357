{% call metric() %}
label: Promotions per head
definition: Promotions per person-year employed; somebody promoted twice counts twice.
formula: promotions / person-years
numerator: Promotions
denominator: Person-years employed in the window
population: Employees
index_date: Day of the promotion
belongs_on: on the first day of the window
window: The month, or the last twelve months
exclusions: Rises over an assumed state. People who said no to analytics.
minimum_n: 5
direction: increase
unit: share
interval_method: poisson
owner: People analytics
version: 2
headline: false
now: last_month
own_months: true
needs: [levels, past_levels]
{% endcall %}

-- Promotions per person-year employed. Somebody promoted twice counts twice, which promotion_rate_12m does not.

with

promotions_per_year as (
    {{ moves_per_year(['promotion']) }}
),

{{ event_rows('promotions_per_year', lone='is_only_spell', unmoved='contribution_of_nothing') }}
