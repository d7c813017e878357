-- A person has one state of the job a day.

with

job_states as (
    select * from {{ ref('int_job_states') }}
),

next_states_beside as (
    select
        *,
        lead(valid_from) over (partition by person_key order by valid_from) as next_from
    from job_states
),

final as (
    select * from next_states_beside
    where
        coalesce(valid_to, {{ end_of_time() }}) > next_from
        or valid_to <= valid_from
)

select * from final
