-- Nobody who said no to analytics is in a table of person-level analysis.

with

without_consent as (
    select * from {{ ref('int_people_without_consent') }}
),

people_analysed as (
    select person_key from {{ ref('trial_observations') }}
    union all
    select person_key from {{ ref('trial_covariates') }}
),

final as (
    select people_analysed.person_key
    from people_analysed
    inner join without_consent on people_analysed.person_key = without_consent.person_key
)

select * from final
