-- One row per person of a source, with the person_key that the warehouse uses: the smallest hash of the component.
-- A component that holds two persons of one source through a chain of links is a contradiction: its members stay apart.

with

persons as (
    select * from {{ ref('stg_persons') }}
),

components as (
    select * from {{ ref('int_person_components') }}
),

people_of_one_source_counted as (
    select
        components.component_id,
        persons.source_instance,
        count(distinct persons.person_id) as people
    from persons
    inner join components on persons.person_id = components.person_id
    group by all
),

components_contradicted as (
    select distinct component_id from people_of_one_source_counted
    where people > 1
),

final as (
    select
        persons.source_instance,
        persons.person_id,
        components.component_id,
        components_contradicted.component_id is not null as is_contradicted,
        case
            when components_contradicted.component_id is null then components.component_id
            else persons.person_id
        end as person_key
    from persons
    inner join components on persons.person_id = components.person_id
    left join components_contradicted on components.component_id = components_contradicted.component_id
)

select * from final
