{% call metric() %}
label: Satisfaction of mentees
definition: Share of mentees' answers that are 4 or 5 on the five-point satisfaction item.
formula: answers 4 and 5 / valid answers
numerator: Answers of 4 or 5
denominator: Valid answers on the five-point item
population: Mentees who answered
index_date: Day of the answer
belongs_on: on the day of the answer
window: The month, or everything to date
exclusions: Other scales; repeated answers to one survey but the last. People who said no to analytics.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 2
headline: true
now: last_wave
own_months: true
answers: {role: mentee, about: satisfaction}
{% endcall %}
