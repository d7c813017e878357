{% call metric() %}
label: Time to full output
definition: Days from hire until half of the new hires have reached their role's threshold for good (two readings in a row).
formula: median of the cumulative incidence (Aalen-Johansen); leaving competes
numerator: New hires who reached the threshold for good
denominator: New hires with readings
population: Mentees enrolled within half a year of being hired; for the organisation every new hire with readings
index_date: Day of hire
belongs_on: on the day of hire
window: As known at the end of each period
exclusions: New hires without readings. People who said no to analytics.
minimum_n: 5
direction: decrease
unit: days
interval_method: log_log_crossing
owner: People analytics
version: 2
headline: true
now: to_date
{% endcall %}

-- Median days from hire to the first sustained reach of the role's threshold: cumulative incidence (Aalen-Johansen), where leaving competes.
-- Programmes: mentees who enrolled within half a year of being hired. Organisation: every new hire with readings.

with

ramp_ups as (
    select * from {{ ref('int_ramp_ups') }}
),

enrolments as (
    select * from {{ ref('enrolments') }}
),

new_hires as (
    select
        enrolments.programme_id,
        enrolments.cohort_id,
        ramp_ups.*
    from ramp_ups
    inner join enrolments
        on
            ramp_ups.person_key = enrolments.person_key
            and enrolments.role = 'mentee'
            and enrolments.enrolled_date <= {{ dbt.dateadd('month', 6, 'ramp_ups.hire_date') }}
            and enrolments.enrolled_date >= {{ dbt.dateadd('month', -1, 'ramp_ups.hire_date') }}
    union all
    select
        'organisation' as programme_id,
        cast(null as varchar) as cohort_id,
        ramp_ups.*
    from ramp_ups
),

people_indexed as (
    select
        programme_id,
        cohort_id,
        person_key,
        hire_date as index_date,
        ramped_up_date,
        left_date,
        case when left_date is null and ramped_up_date is null then last_reading_date end as ends_date
    from new_hires
),

ramp_ups_followed as (
    {{ follow_up_in_periods(
        'people_indexed', 'people.ramped_up_date', competing_date='people.left_date', ends_date='people.ends_date'
    ) }}
),

{{ median_rows('ramp_ups_followed') }}
