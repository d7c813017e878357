-- Share of mentees' answers that are 4 or 5 on the five-point satisfaction item.

with

answers_in_periods as (
    {{ survey_answers_in_periods('mentee', "scores.question_kind = 'csat' and scores.scale_min = 1 and scores.scale_max = 5") }}
),

answers_judged as (
    select
        *,
        case when score >= 4 then 1 else 0 end as numerator,
        1 as denominator
    from answers_in_periods
),

{{ rate_rows('answers_judged') }}
