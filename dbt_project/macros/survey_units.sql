{# Answers of one role, with the period in which they were given; the query of a logical CTE. #}
{% macro survey_answers_in_periods(role, condition) -%}
    select
        scores.programme_id,
        scores.cohort_id,
        scores.person_key,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        scores.score,
        scores.score as value,
        scores.answered_date as read_date,
        cast(null as varchar) as refusal
    from {{ ref('survey_scores') }} as scores
    inner join {{ ref('int_periods') }} as periods
        on scores.answered_date between periods.period_start and periods.period_end
    where
        scores.respondent_role = '{{ role }}'
        and {{ condition }}
{%- endmacro %}
