{% call metric() %}
label: Time to a match
definition: Days from a mentee's application until half of the applicants have begun in a pair.
formula: Kaplan-Meier median of days from application to the first day of a pair
numerator: Applications that led to a pair
denominator: Applications that were not turned down
population: Mentees' applications
index_date: Day of the application
belongs_on: on the day of the application
window: As known at the end of each period
exclusions: Rejected applications. People who said no to analytics. Those still waiting count for as long as they have waited, withdrawn ones until then.
minimum_n: 5
direction: decrease
unit: days
interval_method: log_log_crossing
owner: People analytics
version: 2
headline: true
now: to_date
needs: [applications]
{% endcall %}

-- Median days from a mentee's application to the first day of a pair, Kaplan-Meier: those who still wait count as long as they have waited.
-- Applications that were turned down never waited for a pair and are left out; those withdrawn are followed until then.

with

applications as (
    select * from {{ ref('applications') }}
),

cohorts as (
    select * from {{ ref('cohorts') }}
),

mentee_pairs as (
    select * from {{ ref('int_mentee_pairs') }}
),

first_pairs as (
    select
        cohort_id,
        person_key,
        min(began_date) as began_date
    from mentee_pairs
    group by cohort_id, person_key
),

applications_waiting as (
    select
        applications.programme_id,
        applications.cohort_id,
        applications.person_key,
        applications.submitted_date as index_date,
        -- greatest() passes over a null, so it must not meet one here
        case
            when first_pairs.began_date is not null
                then greatest(first_pairs.began_date, applications.submitted_date)
        end as matched_date,
        greatest(
            least(
                cohorts.end_date,
                case when applications.decision = 'withdrawn' then applications.decided_date end
            ),
            applications.submitted_date
        ) as ends_date
    from applications
    inner join cohorts on applications.cohort_id = cohorts.cohort_id
    left join first_pairs
        on
            applications.cohort_id = first_pairs.cohort_id
            and applications.person_key = first_pairs.person_key
    where
        applications.role_sought = 'mentee'
        and applications.decision != 'rejected'
),

waits_followed as (
    {{ follow_up_in_periods('applications_waiting', 'people.matched_date', ends_date='people.ends_date') }}
),

{{ median_rows('waits_followed') }}
