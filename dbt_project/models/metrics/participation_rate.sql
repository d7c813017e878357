{% call metric() %}
label: Participation
definition: Of those who could have taken part as a mentee on the roster day, the share that enrolled.
formula: enrolled / eligible
numerator: Eligible people who enrolled in the cohort (or, over all cohorts, in any)
denominator: People who met the programme's population rule on the cohort's roster day
population: Everybody whom the programme's population rule names
index_date: Roster day of the cohort
belongs_on: on the roster day
window: To date; by month the cohorts whose roster day lies in it
exclusions: People who said no to analytics. Enrolled people who were not eligible count on neither side.
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 2
headline: true
now: to_date
{% endcall %}

-- Of those who could have taken part as a mentee on the cohort's roster day, how many enrolled.

with

-- nearly everybody is eligible for one cohort and takes part in none: such a person is made up here, not in each cell
eligible as (
    select
        *,
        count(*) over (partition by programme_id, person_key) = 1 as is_only_cohort,
        {{ contribution_of_nothing('person_key', share=true) }} as contribution_of_nothing
    from {{ ref('int_population_eligible') }}
),

enrolments as (
    select * from {{ ref('enrolments') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

eligible_people_enrolled as (
    select
        eligible.programme_id,
        eligible.cohort_id,
        eligible.person_key,
        eligible.is_only_cohort,
        eligible.contribution_of_nothing,
        eligible.roster_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        case when enrolments.enrolled_date <= periods.period_end then 1 else 0 end as numerator,
        1 as denominator
    from eligible
    inner join periods on eligible.roster_date between periods.period_start and periods.period_end
    left join enrolments
        on
            eligible.cohort_id = enrolments.cohort_id
            and eligible.person_key = enrolments.person_key
            and enrolments.role = 'mentee'
),

{{ rate_rows('eligible_people_enrolled', per_person=true, lone='is_only_cohort', unmoved='contribution_of_nothing') }}
