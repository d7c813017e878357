-- One row per pair of the pairing that a person published last and that wasn't taken back. Published is not active: a pair begins when its platform says so.

with

decisions as (
    select * from {{ ref('match_decisions') }}
),

publications as (
    select distinct
        cohort_id,
        revision,
        is_undone
    from decisions
    where kind = 'publish'
),

publications_numbered as (
    select
        cohort_id,
        revision,
        is_undone,
        row_number() over (partition by cohort_id order by revision) as version
    from publications
),

newest_in_effect as (
    select
        cohort_id,
        max(revision) as revision,
        cast(max(version) as integer) as version
    from publications_numbered
    where not is_undone
    group by cohort_id
),

final as (
    select
        decisions.cohort_id,
        newest_in_effect.version,
        decisions.mentee_application_id,
        decisions.mentor_application_id,
        decisions.made_at as published_at
    from decisions
    inner join newest_in_effect
        on decisions.cohort_id = newest_in_effect.cohort_id and decisions.revision = newest_in_effect.revision
)

select * from final
