{% call metric() %}
label: Recommendation by mentees
definition: Share of mentees who answer 9 or 10 less the share who answer 0 to 6, in points.
formula: 100 x (share 9-10 - share 0-6)
numerator: Answers 9-10 less answers 0-6
denominator: Valid answers on the eleven-point item
population: Mentees who answered
index_date: Day of the answer
belongs_on: on the day of the answer
window: The month, or everything to date
exclusions: Five-point items are never mixed in. People who said no to analytics.
minimum_n: 5
direction: increase
unit: points
interval_method: adjusted_wald
owner: People analytics
version: 2
headline: false
now: last_wave
answers: {role: mentee, about: recommendation}
{% endcall %}
