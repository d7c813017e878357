{% call metric() %}
label: Relationship quality, mentees
definition: Mean of the relationship items as mentees answer them, after reverse coding; the last answer of each person.
formula: mean of the items, then mean over people
numerator: Sum of people's scores
denominator: People who answered
population: Mentees who answered at least half of the items
index_date: Day of the answer
belongs_on: on the day of the answer
window: The month, or everything to date
exclusions: People who said no to analytics.
minimum_n: 5
direction: increase
unit: scale_points
interval_method: t
owner: People analytics
version: 2
headline: false
now: last_wave
answers: {role: mentee, about: relationship}
{% endcall %}
