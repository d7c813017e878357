with recursive now_employed as (
    select states.person_key, states.department, states.business_unit, states.manager_person_key
    from marts.job_states as states
    cross join raw_registry.workspace as workspace
    where states.valid_from <= workspace.as_of_date and coalesce(states.valid_to, date '9999-12-31') > workspace.as_of_date
),
lines as (
    select person_key, manager_person_key, 1 as steps from now_employed where manager_person_key is not null
    union
    select lines.person_key, above.manager_person_key, lines.steps + 1
    from lines
    inner join now_employed as above on lines.manager_person_key = above.person_key
    where above.manager_person_key is not null and lines.steps < 20
)
select people.person_key, any_value(people.department order by people.department) as department,
    any_value(people.business_unit order by people.business_unit) as business_unit,
    any_value(people.manager_person_key order by people.manager_person_key) as adviser,
    list_sort(coalesce(list(distinct lines.manager_person_key) filter (where lines.manager_person_key is not null), [])) as above
from now_employed as people
left join lines on people.person_key = lines.person_key
where people.person_key in (select person_key from marts.pair_members union select person_key from marts.applications)
group by people.person_key
