{% call metric() %}
label: Retention after 3 months
definition: Share still employed 91 days after the index day. Not one minus turnover.
formula: Kaplan-Meier survival at the horizon
numerator: People on the roster at the index day not seen to leave by the horizon
denominator: People on the roster at the index day
population: Mentees with an employment record; for the organisation every employee on the roster that long ago
index_date: Enrolment; for the organisation the day exactly that long before the as-of day
belongs_on: on the index day, when follow-up began
window: 91 days
exclusions: People without an employment record. People who said no to analytics. Whoever is not followed that long counts for as long as they were.
minimum_n: 5
direction: increase
unit: share
interval_method: greenwood_log_log
owner: People analytics
version: 2
headline: false
now: to_date
needs: [leavers]
followed: {until: left, months: 3, days: 91}
{% endcall %}
