-- One row per cohort and person who could have taken part as a mentee on the cohort's roster day, by the programme's own rule: kind of person,
-- source, tenure and level. A person whose source keeps no employment spells is judged by kind and source alone.

with

cohorts as (
    select * from {{ ref('stg_cohorts') }}
),

programmes as (
    select * from {{ ref('stg_programmes') }}
),

persons as (
    select * from {{ ref('stg_persons') }}
),

resolved as (
    select * from {{ ref('int_persons_resolved') }}
),

spells as (
    select * from {{ ref('int_employment_spells_merged') }}
),

job_states as (
    select * from {{ ref('int_job_states') }}
),

people_with_spells as (
    select distinct person_key from spells
),

-- once a programme: a cohort's roster is asked for afterwards
people_of_programmes as (
    select distinct
        programmes.programme_id,
        resolved.person_key
    from programmes
    inner join persons
        on
            programmes.population_person_kind = persons.person_kind
            and (programmes.population_source_instance is null or programmes.population_source_instance = persons.source_instance)
    inner join resolved
        on
            persons.source_instance = resolved.source_instance
            and persons.person_id = resolved.person_id
),

candidates as (
    select
        cohorts.programme_id,
        cohorts.cohort_id,
        cohorts.roster_date,
        people.person_key,
        programmes.population_min_tenure_days,
        programmes.population_max_tenure_days,
        programmes.population_min_level_rank,
        programmes.population_max_level_rank
    from cohorts
    inner join programmes on cohorts.programme_id = programmes.programme_id
    inner join people_of_programmes as people on cohorts.programme_id = people.programme_id
),

candidates_on_the_roster as (
    select
        candidates.*,
        job_states.level_rank,
        {{ dbt.datediff('spells.start_date', 'candidates.roster_date', 'day') }} as tenure_days
    from candidates
    left join people_with_spells on candidates.person_key = people_with_spells.person_key
    left join spells
        on
            candidates.person_key = spells.person_key
            and spells.start_date <= candidates.roster_date
            and coalesce(spells.end_date, {{ end_of_time() }}) > candidates.roster_date
    left join job_states
        on
            candidates.person_key = job_states.person_key
            and job_states.valid_from <= candidates.roster_date
            and coalesce(job_states.valid_to, {{ end_of_time() }}) > candidates.roster_date
    where people_with_spells.person_key is null or spells.person_key is not null
),

final as (
    select
        programme_id,
        cohort_id,
        person_key,
        roster_date,
        cast(tenure_days as integer) as tenure_days,
        level_rank
    from candidates_on_the_roster
    where
        (population_min_tenure_days is null or tenure_days >= population_min_tenure_days)
        and (population_max_tenure_days is null or tenure_days <= population_max_tenure_days)
        and (population_min_level_rank is null or level_rank >= population_min_level_rank)
        and (population_max_level_rank is null or level_rank <= population_max_level_rank)
)

select * from final
