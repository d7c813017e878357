-- One row per person of a lottery and covariate measured before the draw took effect: answers to instruments that are asked only before the start,
-- first waves of the outcomes (`<construct>_b`), tenure and level on the day of the draw.

with

draws as (
    select * from {{ ref('int_lottery_draws') }}
),

items as (
    select * from {{ ref('int_survey_items_scored') }}
),

surveys as (
    select * from {{ ref('stg_surveys') }}
),

survey_scores as (
    select * from {{ ref('survey_scores') }}
),

spells as (
    select * from {{ ref('int_employment_spells_merged') }}
),

job_states as (
    select * from {{ ref('int_job_states') }}
),

last_waves as (
    select
        programme_id,
        instrument,
        max(wave_no) as last_wave_no
    from surveys
    group by programme_id, instrument
),

answers_before_the_start as (
    select
        draws.programme_id,
        draws.cohort_id,
        draws.person_key,
        items.stable_code as covariate,
        items.item_score as value,
        items.survey_id,
        'answered before the start' as basis
    from draws
    inner join items on draws.person_key = items.person_key
    inner join surveys
        on
            items.survey_id = surveys.survey_id
            and draws.programme_id = surveys.programme_id
            and (surveys.cohort_id is null or draws.cohort_id = surveys.cohort_id)
    inner join last_waves
        on
            surveys.programme_id = last_waves.programme_id
            and surveys.instrument = last_waves.instrument
            and last_waves.last_wave_no = 0
    where items.question_kind in ('number', 'choice', 'scale_item')
),

first_waves as (
    select
        draws.programme_id,
        draws.cohort_id,
        draws.person_key,
        survey_scores.construct || '_b' as covariate,
        survey_scores.score as value,
        survey_scores.survey_id,
        'first wave of the outcome' as basis
    from draws
    inner join survey_scores
        on
            draws.programme_id = survey_scores.programme_id
            and draws.person_key = survey_scores.person_key
            and survey_scores.wave_no = 0
            and survey_scores.question_kind in ('number', 'scale_item')
    inner join surveys
        on
            survey_scores.survey_id = surveys.survey_id
            and (surveys.cohort_id is null or draws.cohort_id = surveys.cohort_id)
    inner join last_waves
        on
            survey_scores.programme_id = last_waves.programme_id
            and survey_scores.instrument = last_waves.instrument
            and last_waves.last_wave_no > 0
),

tenure_on_the_day as (
    select
        draws.programme_id,
        draws.cohort_id,
        draws.person_key,
        'tenure_months' as covariate,
        {{ dbt.datediff('spells.start_date', 'draws.drawn_date', 'day') }} / {{ days_per_month() }} as value,
        null as survey_id,
        'employment record on the day of the draw' as basis
    from draws
    inner join spells
        on
            draws.person_key = spells.person_key
            and spells.start_date <= draws.drawn_date
            and coalesce(spells.end_date, {{ end_of_time() }}) > draws.drawn_date
),

level_on_the_day as (
    select
        draws.programme_id,
        draws.cohort_id,
        draws.person_key,
        'level_rank' as covariate,
        job_states.level_rank as value,
        null as survey_id,
        'job on the day of the draw' as basis
    from draws
    inner join job_states
        on
            draws.person_key = job_states.person_key
            and job_states.valid_from <= draws.drawn_date
            and coalesce(job_states.valid_to, {{ end_of_time() }}) > draws.drawn_date
            and job_states.level_rank is not null
),

covariates_united as (
    select * from answers_before_the_start
    union all
    select * from first_waves
    union all
    select * from tenure_on_the_day
    union all
    select * from level_on_the_day
),

final as (
    select
        programme_id,
        cohort_id,
        person_key,
        covariate,
        cast(value as double) as value,
        basis
    from covariates_united
    qualify row_number() over (
        partition by cohort_id, person_key, covariate order by basis, survey_id desc nulls last
    ) = 1
)

select * from final
