-- One row per stated preference. Where the value is a person it is their person_key.

with

preferences as (
    select * from {{ ref('stg_application_preferences') }}
),

applications as (
    select * from {{ ref('stg_applications') }}
),

final as (
    select
        preferences.application_id,
        preferences.kind,
        cast(preferences.rank as integer) as rank,
        case
            when preferences.kind in ('person', 'excluded_person') then {{ person_key('preferences.value', 'people') }}
            else preferences.value
        end as value,
        coalesce(preferences.weight, 1.0) as weight
    from preferences
    inner join applications on preferences.application_id = applications.application_id
    {{ join_person('preferences.value', 'applications.submitted_date', 'people') }}
)

select * from final
