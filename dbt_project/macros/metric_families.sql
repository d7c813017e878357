{#
    The head of a metric's model: `call metric()` around its record in YAML, whose words stand in pipelines/contracts/metric_records.py. Where the record names a family, the
    whole model follows from it; otherwise the model's own SQL below gives the units. sqlfluff reads models without dbt, so without records.
#}
{% macro metric() %}
{% set record = fromyaml(caller()) if fromyaml is defined else {} %}
{{ config(meta={'metric': record}) }}
{% if record.answers %}{{ family_of_answers(**record.answers) }}
{% elif record.change %}{{ family_of_change(**record.change) }}
{% elif record.followed %}{{ family_of_followed(**record.followed) }}
{% elif record.separations %}{{ family_of_separations(**record.separations) }}
{% endif %}
{% endmacro %}

{# Answers of one role. Satisfaction: the share of 4 and 5 of five; recommendation: 9 and 10 less 0 to 6 of eleven; relationship: the mean. Other scales are never mixed in. #}
{% macro family_of_answers(role, about) %}
{% set asked = {
    'satisfaction': "scores.question_kind = 'csat' and scores.scale_min = 1 and scores.scale_max = 5",
    'recommendation': "scores.question_kind = 'recommendation' and scores.scale_min = 0 and scores.scale_max = 10",
    'relationship': "scores.construct = 'relationship_quality'",
} %}
with

answers_in_periods as (
    {{ survey_answers_in_periods(role, asked[about]) }}
),

{% if about == 'relationship' %}
{{ mean_rows('answers_in_periods') }}
{% else %}
answers_judged as (
    select
        *,
        {% if about == 'satisfaction' -%}
        case when score >= 4 then 1 else 0 end as numerator,
        1 as denominator
        {%- else -%}
        score >= 9 as is_promoter,
        score <= 6 as is_detractor
        {%- endif %}
    from answers_in_periods
),

{{ rate_rows('answers_judged') if about == 'satisfaction' else score_rows('answers_judged') }}
{% endif %}
{% endmacro %}

{# Change of a construct from before to after, people with both answers on one scale: in points, or in standard deviations so that other scales can stand beside it. #}
{% macro family_of_change(of, standardised=false) %}
with

changes_in_periods as (
    {{ paired_changes_in_periods(of) }}
),

{{ hedges_g_rows('changes_in_periods') if standardised else mean_rows('changes_in_periods') }}
{% endmacro %}

{#
    People followed from their index day. `left`: the share still employed at the horizon (Kaplan-Meier: who isn't followed that long yet counts as long as they were);
    `promoted`: the share promoted by then (Aalen-Johansen: leaving rules a promotion out).
#}
{% macro family_of_followed(until, months, days) %}
with

follow_up as (
    select * from {{ ref('int_follow_up') }}
),

people_followed_in_periods as (
    {% if until == 'left' -%}
    {{ follow_up_in_periods('follow_up', 'people.left_date', ends_date='people.observed_until', horizon_months=months) }}
    {%- else -%}
    {{ follow_up_in_periods(
        'follow_up', 'people.promoted_date', competing_date='people.left_date', ends_date='people.observed_until', horizon_months=months
    ) }}
    {%- endif %}
),

{% if until == 'left' %}
{{ survival_rows('people_followed_in_periods', at_days=days) }}
{% else %}
{{ incidence_rows('people_followed_in_periods', at_days=days) }}
{% endif %}
{% endmacro %}

{# Separations per person-year employed, annualised over average headcount and counted by the day; retirement is nobody's own choice. #}
{% macro family_of_separations(of_kind) %}
with

exposure as (
    select * from {{ ref('int_employment_exposure') }}
),

separations_per_year as (
    select
        *,
        exposed_from as belongs_on,
        case when exit_kind {{ "is not null" if of_kind == 'any' else "= '" ~ of_kind ~ "'" }} then 1 else 0 end as numerator,
        days_employed / 365.25 as denominator
    from exposure
),

{{ event_rows('separations_per_year', lone='is_only_spell', unmoved='contribution_of_nothing') }}
{% endmacro %}
