-- One row per person of a lottery, outcome and wave: what an intention-to-treat estimator reads. Everybody counts in the arm that was drawn for them.
-- Wave 0 is before the start: there is_exposed is false and exposure_arm is control for all. Retention and promotion appear once their twelve months
-- are over for the whole cohort. People without consent to analytics are left out and counted elsewhere.

with

draws as (
    select * from {{ ref('int_lottery_draws') }}
),

survey_scores as (
    select * from {{ ref('survey_scores') }}
),

surveys as (
    select * from {{ ref('stg_surveys') }}
),

covariates as (
    select * from {{ ref('trial_covariates') }}
),

spells as (
    select * from {{ ref('employment_spells') }}
),

promotions as (
    select * from {{ ref('promotions') }}
),

last_waves as (
    select
        programme_id,
        instrument,
        max(wave_no) as last_wave_no
    from surveys
    group by programme_id, instrument
),

surveys_answered as (
    select
        draws.*,
        survey_scores.construct as outcome,
        survey_scores.unit,
        survey_scores.wave_no,
        surveys.name as wave_label,
        survey_scores.months_since_start,
        survey_scores.answered_date as known_on,
        survey_scores.score as outcome_value
    from draws
    inner join survey_scores
        on
            draws.programme_id = survey_scores.programme_id
            and draws.person_key = survey_scores.person_key
            and survey_scores.question_kind in ('scale_item', 'number')
    inner join surveys
        on
            survey_scores.survey_id = surveys.survey_id
            and (surveys.cohort_id is null or draws.cohort_id = surveys.cohort_id)
    -- an instrument that is asked only before the start holds covariates, not outcomes
    inner join last_waves
        on
            survey_scores.programme_id = last_waves.programme_id
            and survey_scores.instrument = last_waves.instrument
            and last_waves.last_wave_no > 0
    qualify row_number() over (
        partition by draws.cohort_id, draws.person_key, survey_scores.construct, survey_scores.wave_no
        order by survey_scores.answered_date desc, survey_scores.response_id desc
    ) = 1
),

baselines_found as (
    select
        surveys_answered.*,
        coalesce(
            max(surveys_answered.outcome_value) filter (where surveys_answered.wave_no = 0) over (
                partition by surveys_answered.cohort_id, surveys_answered.person_key, surveys_answered.outcome
            ),
            covariates.value
        ) as baseline_value
    from surveys_answered
    left join covariates
        on
            surveys_answered.cohort_id = covariates.cohort_id
            and surveys_answered.person_key = covariates.person_key
            and surveys_answered.outcome || '_b' = covariates.covariate
),

employed_at_the_start as (
    select
        draws.*,
        spells.end_date
    from draws
    inner join spells
        on
            draws.person_key = spells.person_key
            and spells.start_date <= draws.start_date
            and coalesce(spells.end_date, {{ end_of_time() }}) > draws.start_date
    where {{ dbt.dateadd('month', 12, 'draws.start_date') }} <= {{ as_of_date() }}
),

retention_observed as (
    select
        *,
        'retained_12m' as outcome,
        case
            when end_date is null or end_date > {{ dbt.dateadd('month', 12, 'start_date') }} then 1.0
            else 0.0
        end as outcome_value
    from employed_at_the_start
),

promotion_observed as (
    select
        employed_at_the_start.*,
        'promoted_12m' as outcome,
        case when count(promotions.person_key) > 0 then 1.0 else 0.0 end as outcome_value
    from employed_at_the_start
    left join promotions
        on
            employed_at_the_start.person_key = promotions.person_key
            and promotions.promoted_date > employed_at_the_start.start_date
            and promotions.promoted_date <= {{ dbt.dateadd('month', 12, 'employed_at_the_start.start_date') }}
    group by all
),

careers_united as (
    select * from retention_observed
    union all
    select * from promotion_observed
),

final as (
    select
        programme_id,
        cohort_id,
        outcome,
        person_key,
        cast(wave_no as integer) as wave_no,
        wave_label,
        arm,
        wave_no > 0 as is_exposed,
        case when wave_no > 0 then arm else 'control' end as exposure_arm,
        unit_id,
        stratum,
        cast(outcome_value as double) as outcome_value,
        cast(baseline_value as double) as baseline_value,
        months_since_start,
        unit,
        known_on
    from baselines_found
    union all
    select
        programme_id,
        cohort_id,
        outcome,
        person_key,
        1 as wave_no,
        '12 months' as wave_label,
        arm,
        true as is_exposed,
        arm as exposure_arm,
        unit_id,
        stratum,
        cast(outcome_value as double) as outcome_value,
        cast(null as double) as baseline_value,
        12.0 as months_since_start,
        'share' as unit,
        cast({{ dbt.dateadd('month', 12, 'start_date') }} as date) as known_on
    from careers_united
)

select * from final
