-- Share of mentees who answer 9 or 10 on the eleven-point item less the share who answer 0 to 6, in points. Other scales are never mixed in.

with

answers_in_periods as (
    {{ survey_answers_in_periods(
        'mentee', "scores.question_kind = 'recommendation' and scores.scale_min = 0 and scores.scale_max = 10"
    ) }}
),

answers_judged as (
    select
        *,
        score >= 9 as is_promoter,
        score <= 6 as is_detractor
    from answers_in_periods
),

{{ score_rows('answers_judged') }}
