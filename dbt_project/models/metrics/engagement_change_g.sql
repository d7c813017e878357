{% call metric() %}
label: Engagement, standardised change
definition: 'The change of engagement in standard deviations (Hedges'' g). Not evidence of an effect: no comparison group is in it.'
formula: J x mean change / standard deviation within waves
numerator: None
denominator: Mentees with both answers
population: Enrolled mentees
index_date: Day of the later answer
belongs_on: on the day of the first answer
window: By the month of the later answer, or everything to date
exclusions: A scale that changed between the waves is refused. People who said no to analytics.
minimum_n: 10
direction: increase
unit: standard_deviations
interval_method: borenstein
owner: People analytics
version: 2
headline: false
now: last_wave
change: {of: engagement, standardised: true}
{% endcall %}
