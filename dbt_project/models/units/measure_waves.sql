-- One row per programme that declares outcomes, employee employed on the day, measure and quarter: the value of the quarter's last measurement (null: none),
-- for comparisons of change. `start_wave` is the first quarter whose measurements lie at least four weeks after the person's mentoring began.

with

measures as (
    select * from {{ ref('stg_person_measures') }}
),

trial_spans as (
    select * from {{ ref('trial_spans') }}
),

intakes as (
    select * from {{ ref('trial_intakes') }}
),

employment_spans as (
    select * from {{ ref('int_employment_spans') }}
),

starts as (
    select * from {{ ref('int_mentoring_starts') }}
),

measures_of_people as (
    select
        {{ person_key('measures.person_id', 'people') }} as person_key,
        measures.measure,
        measures.measured_on,
        measures.value,
        cast(4 * extract(year from measures.measured_on) + extract(quarter from measures.measured_on) - 1 as integer) as wave
    from measures
    {{ join_person('measures.person_id', 'measures.measured_on', 'people') }}
),

-- a wave is a quarter in which most were asked on one day; welcome questionnaires of single people are covariates, not waves
days_asked as (
    select
        measure,
        wave,
        measured_on as asked_on,
        count(*) as answers,
        sum(count(*)) over (partition by measure, wave) as answers_of_the_quarter
    from measures_of_people
    group by measure, wave, measured_on
),

wave_days as (
    select
        measure,
        wave,
        asked_on
    from days_asked
    where 2 * answers > answers_of_the_quarter
),

answers as (
    select
        measures_of_people.person_key,
        measures_of_people.measure,
        measures_of_people.wave,
        measures_of_people.value
    from measures_of_people
    inner join wave_days
        on
            measures_of_people.measure = wave_days.measure
            and measures_of_people.wave = wave_days.wave
            and measures_of_people.measured_on = wave_days.asked_on
),

people_ever_eligible as (
    select distinct
        trial_spans.programme_id,
        trial_spans.person_key
    from trial_spans
    inner join intakes
        on
            trial_spans.programme_id = intakes.programme_id
            and trial_spans.eligible_from <= intakes.month
            and trial_spans.eligible_until >= intakes.month
),

-- one row per person and run of months on record, so that a wave finds each person once
people_employed as (
    select
        person_key,
        spell_key,
        min(first_month) as first_month,
        max(last_month) as last_month
    from employment_spans
    group by
        person_key,
        spell_key
),

first_waves_after_starts as (
    select
        starts.programme_id,
        starts.person_key,
        wave_days.measure,
        min(wave_days.wave) as wave
    from starts
    inner join wave_days on {{ dbt.dateadd('day', 28, 'starts.began_date') }} <= wave_days.asked_on
    group by
        starts.programme_id,
        starts.person_key,
        wave_days.measure
),

final as (
    select
        people.programme_id,
        people.person_key,
        wave_days.measure,
        wave_days.wave,
        wave_days.asked_on,
        answers.value,
        starts.began_date,
        starts.cohort_id,
        coalesce(starts.is_by_lot, false) as is_by_lot,
        first_waves.wave as start_wave
    from people_ever_eligible as people
    cross join wave_days
    left join people_employed
        on
            people.person_key = people_employed.person_key
            and {{ month_number('wave_days.asked_on') }} between people_employed.first_month and people_employed.last_month
    left join answers
        on
            people.person_key = answers.person_key
            and wave_days.measure = answers.measure
            and wave_days.wave = answers.wave
    left join starts
        on
            people.programme_id = starts.programme_id
            and people.person_key = starts.person_key
    left join first_waves_after_starts as first_waves
        on
            people.programme_id = first_waves.programme_id
            and people.person_key = first_waves.person_key
            and wave_days.measure = first_waves.measure
    where answers.person_key is not null or people_employed.person_key is not null
)

select * from final
