{# Answers of one role, with the period in which they were given; the query of a logical CTE. #}
{% macro survey_answers_in_periods(role, condition) -%}
    select
        scores.programme_id,
        scores.cohort_id,
        scores.person_key,
        scores.answered_date as belongs_on,
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

{# Whether two joined scores were asked on one scale; a scale without ends equals another without ends. #}
{% macro scales_are_equal() -%}
    (
        coalesce(first_scores.scale_min, 'nan') = coalesce(last_scores.scale_min, 'nan')
        and coalesce(first_scores.scale_max, 'nan') = coalesce(last_scores.scale_max, 'nan')
    )
{%- endmacro %}

{# Paired changes of a construct, with the period in which the later answer was given; the query of a logical CTE. #}
{% macro paired_changes_in_periods(construct) -%}
    select
        changes.programme_id,
        changes.cohort_id,
        changes.person_key,
        changes.before_date as belongs_on,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        changes.score_before,
        changes.score_after,
        changes.change as value,
        changes.after_date as read_date,
        changes.refusal
    from {{ ref('int_paired_changes') }} as changes
    inner join {{ ref('int_periods') }} as periods
        on changes.after_date between periods.period_start and periods.period_end
    where changes.construct = '{{ construct }}'
{%- endmacro %}

{#
    Standardised paired change: mean change over the standard deviation within waves, with Hedges' correction for small samples. Borenstein et al. (2009), Introduction to
    Meta-Analysis, formulas 4.20 to 4.28; r is the correlation between the waves.
#}
{% macro hedges_g_rows(units) %}
{{ spread_over_cells(units) }}
last_values_of_people as (
    select *
    from units_spread_over_cells
    qualify row_number() over (
        partition by {{ cell_columns() | join(', ') }}, person_key order by read_date desc, value desc
    ) = 1
),

moments as (
    select
        {{ cell_columns() | join(',\n        ') }},
        count(*) filter (where refusal is null) as denominator,
        count(distinct person_key) as n_people,
        max(refusal) as refusal,
        avg(value) filter (where refusal is null) as mean_change,
        stddev_samp(value) filter (where refusal is null) as sd_change,
        corr(score_after, score_before) filter (where refusal is null) as correlation
    from last_values_of_people
    group by all
),

effects_standardised as (
    select
        *,
        mean_change / nullif(sd_change / sqrt(nullif(2.0 * (1.0 - correlation), 0)), 0) as effect,
        1.0 - 3.0 / (4.0 * (denominator - 1.0) - 1.0) as correction
    from moments
),

cells_estimated as (
    select
        * exclude (mean_change, sd_change, correlation, effect, correction),
        cast(null as double) as numerator,
        correction * effect as value,
        correction * (
            effect - {{ z_95() }} * sqrt((1.0 / denominator + power(effect, 2) / (2.0 * denominator)) * 2.0 * (1.0 - correlation))
        ) as ci_low,
        correction * (
            effect + {{ z_95() }} * sqrt((1.0 / denominator + power(effect, 2) / (2.0 * denominator)) * 2.0 * (1.0 - correlation))
        ) as ci_high,
        cast(null as varchar) as interval_method
    from effects_standardised
),

{{ finished_rows(['score_before', 'score_after', 'refusal'], refusal='refusal', units='last_values_of_people') }}
{% endmacro %}
