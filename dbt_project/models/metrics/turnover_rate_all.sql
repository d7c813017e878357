-- Separations of every kind per person-year employed: annualised over average headcount, counted by the day.

with

exposure as (
    select * from {{ ref('int_employment_exposure') }}
),

separations_per_year as (
    select
        *,
        exposed_from as belongs_on,
        case when exit_kind is not null then 1 else 0 end as numerator,
        days_employed / 365.25 as denominator
    from exposure
),

{{ event_rows('separations_per_year') }}
