-- One row per person, whatever number of systems know them. No names, no addresses.

with

persons as (
    select * from {{ ref('stg_persons') }}
),

resolved as (
    select * from {{ ref('int_persons_resolved') }}
),

demographics as (
    select * from {{ ref('int_person_demographics') }}
),

records_of_each_person as (
    select
        resolved.person_key,
        persons.*,
        -- somebody who works here counts as an employee, whatever a school register or a platform says
        case persons.person_kind
            when 'employee' then 1
            when 'contractor' then 2
            when 'student' then 3
            when 'alumnus' then 4
            else 5
        end as precedence
    from persons
    inner join resolved
        on
            persons.source_instance = resolved.source_instance
            and persons.person_id = resolved.person_id
),

records_merged as (
    select
        person_key,
        any_value(person_kind order by precedence, source_instance) as person_kind,
        any_value(status order by precedence, source_instance) as status,
        any_value(home_tz order by precedence, source_instance) as home_tz,
        any_value(country order by precedence, source_instance) as country,
        any_value(languages order by precedence, source_instance) as languages,
        any_value(class_year order by precedence, source_instance) as class_year,
        any_value(degree order by precedence, source_instance) as degree,
        min(original_hire_date) as original_hire_date,
        bool_and(consent_analytics) as consent_analytics,
        count(*) as source_records
    from records_of_each_person
    group by person_key
),

final as (
    select
        records_merged.person_key,
        records_merged.person_kind,
        records_merged.status,
        records_merged.home_tz,
        records_merged.country,
        records_merged.languages,
        cast(records_merged.class_year as integer) as class_year,
        records_merged.degree,
        records_merged.original_hire_date,
        records_merged.consent_analytics,
        genders.value as gender,
        cast(records_merged.source_records as integer) as source_records
    from records_merged
    left join demographics as genders
        on
            records_merged.person_key = genders.person_key
            and genders.attribute = 'gender'
)

select * from final
