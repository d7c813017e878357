-- One row per employee and day of a promotion (level rank rose) or a lateral move (other department, business unit or job family, same rank).

with

job_states as (
    select * from {{ ref('int_job_states') }}
),

persons as (
    select * from {{ ref('persons') }}
),

promotions as (
    select * from {{ ref('promotions') }}
),

earlier_states_beside as (
    select
        *,
        lag(level_rank) over (partition by person_key order by valid_from) as earlier_rank,
        lag(department) over (partition by person_key order by valid_from) as earlier_department,
        lag(business_unit) over (partition by person_key order by valid_from) as earlier_business_unit,
        lag(job_family) over (partition by person_key order by valid_from) as earlier_job_family,
        lag(valid_to) over (partition by person_key order by valid_from) as earlier_ended
    from job_states
),

lateral_moves as (
    select
        person_key,
        valid_from as moved_date,
        'lateral' as move_kind
    from earlier_states_beside
    where
        earlier_ended = valid_from
        and earlier_rank is not distinct from level_rank
        and (
            department is distinct from earlier_department
            or business_unit is distinct from earlier_business_unit
            or job_family is distinct from earlier_job_family
        )
        and valid_from <= {{ as_of_date() }}
),

moves_united as (
    select
        person_key,
        promoted_date as moved_date,
        'promotion' as move_kind
    from promotions
    union all
    select * from lateral_moves
),

final as (
    select moves_united.*
    from moves_united
    inner join persons
        on
            moves_united.person_key = persons.person_key
            and persons.person_kind = 'employee'
)

select * from final
