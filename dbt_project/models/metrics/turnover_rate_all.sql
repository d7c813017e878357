{% call metric() %}
label: Turnover, all
definition: 'Separations (all) per person-year employed: annualised over average headcount.'
formula: separations / person-years
numerator: Separations (all)
denominator: Person-years employed in the window
population: Employees
index_date: Day of leaving
belongs_on: on the first day of the window
window: The month, or the last twelve months
exclusions: Students, contractors and alumni. People who said no to analytics.
minimum_n: 5
direction: decrease
unit: share
interval_method: poisson
owner: People analytics
version: 2
headline: false
now: last_month
own_months: true
needs: [leavers]
separations: {of_kind: any}
{% endcall %}
