-- The job of each person on the day that everything is counted on.
create or replace temp view current_states as
select person_key, manager_person_key, level_rank, department, location from marts.job_states
where valid_from <= (select as_of_date from raw_registry.workspace)
    and (valid_to is null or valid_to > (select as_of_date from raw_registry.workspace))
qualify row_number() over (partition by person_key order by valid_from desc) = 1
