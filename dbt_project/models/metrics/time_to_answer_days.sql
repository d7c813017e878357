{% call metric() %}
label: Time to an answer
definition: Days from a mentee's application until half of the applicants have been told whether they have a place.
formula: Kaplan-Meier median of days from application to the decision
numerator: Applications that were decided
denominator: Applications
population: Mentees' applications
index_date: Day of the application
belongs_on: on the day of the application
window: As known at the end of each period
exclusions: People who said no to analytics. Applications that were decided on a day that isn't recorded. Those still open count for as long as they have waited, withdrawn ones until then.
minimum_n: 5
direction: decrease
unit: days
interval_method: log_log_crossing
owner: People analytics
version: 1
headline: false
now: to_date
needs: [applications]
{% endcall %}

-- Median days from a mentee's application to its decision, whatever it was, Kaplan-Meier: open applications count as long as they have waited, those
-- withdrawn until then. A decision without its day says nothing of the wait, and is left out.

with

applications as (
    select * from {{ ref('applications') }}
),

applications_waiting as (
    select
        programme_id,
        cohort_id,
        person_key,
        submitted_date as index_date,
        case when decision in ('accepted', 'rejected', 'waitlisted') then greatest(decided_date, submitted_date) end as answered_date,
        case when decision = 'withdrawn' then greatest(decided_date, submitted_date) end as ends_date
    from applications
    where
        role_sought = 'mentee'
        and (decision = 'pending' or decided_date is not null)
),

waits_followed as (
    {{ follow_up_in_periods('applications_waiting', 'people.answered_date', ends_date='people.ends_date') }}
),

{{ median_rows('waits_followed') }}
