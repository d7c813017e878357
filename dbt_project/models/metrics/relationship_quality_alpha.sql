{% call metric() %}
label: Relationship quality, reliability
definition: 'Cronbach''s alpha of the relationship items: how far they measure one thing. In all and by rater.'
formula: k / (k - 1) x (1 - sum of item variances / variance of totals)
numerator: None
denominator: People who answered every item
population: Everybody who answered every item, last survey
index_date: Day of the answer
window: Everything to date
exclusions: Incomplete answers. People who said no to analytics.
minimum_n: 5
direction: increase
unit: coefficient
interval_method: bonett
owner: People analytics
version: 1
headline: false
now: last_wave
{% endcall %}

-- Cronbach's alpha of the relationship items (last survey answered completely), in all and by rater: how far the items measure one thing.

with

items as (
    select * from {{ ref('int_survey_items_scored') }}
),

scores as (
    select * from {{ ref('survey_scores') }}
),

periods as (
    select * from {{ ref('int_periods') }}
),

complete_answers as (
    select
        scores.survey_id,
        scores.response_id,
        scores.programme_id,
        scores.cohort_id,
        coalesce(scores.person_key, scores.response_id) as person_key,
        scores.respondent_role,
        scores.answered_date
    from scores
    where
        scores.construct = 'relationship_quality'
        and scores.items_answered = scores.items_asked
        and scores.items_asked > 1
    qualify row_number() over (
        partition by scores.cohort_id, coalesce(scores.person_key, scores.response_id), scores.respondent_role
        order by scores.answered_date desc, scores.response_id
    ) = 1
),

item_answers as (
    select
        answers.programme_id,
        answers.cohort_id,
        answers.person_key,
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        'respondent_role' as segment_kind,
        answers.respondent_role as segment_value,
        answers.response_id,
        items.stable_code,
        items.item_score
    from complete_answers as answers
    inner join items
        on
            answers.survey_id = items.survey_id
            and answers.response_id = items.response_id
            and items.construct = 'relationship_quality'
    inner join periods
        on
            answers.answered_date between periods.period_start and periods.period_end
            and periods.period_kind = 'to_date'
),

{{ spread_over_cells('item_answers', own_segment='split') }}

variances_of_items as (
    select
        {{ cell_columns() | join(',\n        ') }},
        stable_code,
        var_samp(item_score) as item_variance
    from units_spread_over_cells
    group by all
),

item_variances_summed as (
    select
        {{ cell_columns() | join(',\n        ') }},
        count(*) as items,
        sum(item_variance) as variance_of_items
    from variances_of_items
    group by all
),

totals_of_responses as (
    select
        {{ cell_columns() | join(',\n        ') }},
        person_key,
        response_id,
        sum(item_score) as total
    from units_spread_over_cells
    group by all
),

total_variances as (
    select
        {{ cell_columns() | join(',\n        ') }},
        count(distinct person_key) as n_people,
        count(*) as responses,
        var_samp(total) as variance_of_totals
    from totals_of_responses
    group by all
),

alphas_computed as (
    select
        total_variances.*,
        item_variances_summed.items,
        case
            when total_variances.variance_of_totals > 0
                then
                    item_variances_summed.items / nullif(item_variances_summed.items - 1.0, 0)
                    * (1.0 - item_variances_summed.variance_of_items / total_variances.variance_of_totals)
        end as value
    from total_variances
    inner join item_variances_summed
        on {{ same_cell('total_variances', 'item_variances_summed') }}
),

cells_estimated as (
    select
        * exclude (items, responses, variance_of_totals),
        cast(null as double) as numerator,
        responses as denominator,
        case when responses > 2 and value < 1 then {{ bonett_limit('value', 'items', 'responses', 'low') }} end as ci_low,
        case when responses > 2 and value < 1 then {{ bonett_limit('value', 'items', 'responses', 'high') }} end as ci_high,
        cast(null as varchar) as interval_method
    from alphas_computed
),

{{ finished_rows(['stable_code', 'item_score']) }}
