{% call metric() %}
label: Promoted within 12 months
definition: Share of people with at least one rise of level rank within 365 days of the index day.
formula: cumulative incidence at 365 days (Aalen-Johansen); leaving competes
numerator: People promoted within 365 days
denominator: People on the roster at the index day
population: Mentees with an employment record; for the organisation every employee on the roster a year ago
index_date: Enrolment; for the organisation the day a year before the as-of day
belongs_on: on the index day, when follow-up began
window: 365 days
exclusions: Rises over an assumed state; changes of title alone. People who said no to analytics.
minimum_n: 5
direction: increase
unit: share
interval_method: aalen_johansen_log_log
owner: People analytics
version: 2
headline: true
now: to_date
needs: [levels, past_levels]
followed: {until: promoted, months: 12, days: 365}
{% endcall %}
