{% call metric() %}
label: Engagement, change
definition: 'Mean change of engagement from the first wave before to the last wave after, people with both. Not evidence of an effect: no comparison group
  is in it.'
formula: mean of (after - before)
numerator: Sum of changes
denominator: Mentees with both answers
population: Enrolled mentees
index_date: Day of the later answer
belongs_on: on the day of the first answer
window: By the month of the later answer, or everything to date
exclusions: A scale that changed between the waves is refused. People who said no to analytics.
minimum_n: 5
direction: increase
unit: scale_points
interval_method: t
owner: People analytics
version: 2
headline: false
now: last_wave
change: {of: engagement}
{% endcall %}
