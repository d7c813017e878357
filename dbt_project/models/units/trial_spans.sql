-- One row per programme that declares outcomes, employment spell and span of months with the same level, of everybody who could ever have begun, began, or
-- asked in vain: the record in which a target trial is nested. A month between `eligible_from` and `eligible_until` is one of a trial where `trial_intakes`
-- has it. Everything that serves as a covariate was known before the span's first month; `level_known_month` proves it.

with

spans as (
    select * from {{ ref('int_trial_spans') }}
),

starts as (
    select * from {{ ref('int_mentoring_starts') }}
),

ramp_ups as (
    select * from {{ ref('int_ramp_ups') }}
),

unmatched as (
    select * from {{ ref('int_unmatched_applicants') }}
),

final as (
    select
        spans.programme_id,
        spans.person_key,
        spans.spell_key,
        spans.hired_date,
        spans.first_month,
        spans.last_month,
        spans.eligible_from,
        spans.eligible_until,
        cast(spans.level_rank as double) as level_rank,
        spans.level_known_month,
        spans.leaving_month,
        spans.end_kind,
        {{ month_number('starts.began_date') }} as start_month,
        {{ month_of_change('ramp_ups.ramped_up_date') }} as ramped_month,
        {{ month_number('ramp_ups.last_reading_date') }} as last_reading_month,
        {{ month_number('unmatched.others_began_date') }} as refused_month,
        unmatched.asked_in_vain
    from spans
    left join starts
        on
            spans.programme_id = starts.programme_id
            and spans.person_key = starts.person_key
    left join unmatched
        on
            spans.programme_id = unmatched.programme_id
            and spans.person_key = unmatched.person_key
    left join ramp_ups
        on
            spans.person_key = ramp_ups.person_key
            and spans.hired_date = ramp_ups.hire_date
    where spans.is_in_question
)

select * from final
