{% call metric() %}
label: Applicants
definition: People who asked for a place as a mentee, whatever became of it.
formula: count of distinct people
numerator: People who applied
denominator: People who applied
population: People who applied as mentees
index_date: Day of the application
belongs_on: on the day of the application
window: Everything to date
exclusions: 'None: a complete count'
minimum_n: 1
direction: increase
unit: people
interval_method: census
owner: People analytics
version: 2
headline: false
now: to_date
needs: [applications]
{% endcall %}

-- People who asked for a place as a mentee, whatever became of it.

with

applications as (
    select * from {{ ref('applications') }}
),

periods as (
    select * from {{ ref('int_periods') }}
    where period_kind = 'to_date'
),

people_who_applied as (
    select
        applications.programme_id,
        applications.cohort_id,
        applications.person_key,
        applications.submitted_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        1 as numerator,
        1 as denominator
    from applications
    inner join periods on applications.submitted_date <= periods.period_end
    where
        applications.role_sought = 'mentee'
        and applications.is_known_person
        and not applications.is_deleted
),

{{ count_rows('people_who_applied', per_person=true) }}
