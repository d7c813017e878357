{{ config(meta={'reads_loads': true}) }}
-- One row per staged table with the loads that its rows came from, so that every figure can name the bytes behind it.

{% set staged = [
    'persons',
    'person_identifiers',
    'person_demographics',
    'employment_spells',
    'job_history',
    'levels',
    'productivity_readings',
    'person_measures',
    'programmes',
    'programme_goals',
    'programme_segments',
    'cohorts',
    'applications',
    'application_preferences',
    'pairs',
    'pair_members',
    'milestones',
    'goals',
    'goal_updates',
    'costs',
    'sessions',
    'session_participants',
    'surveys',
    'survey_questions',
    'survey_responses',
    'survey_answers',
    'survey_invitations',
    'source_facts',
    'workspace'
] %}

with

loads_of_each_table as (
    {% for name in staged %}
        select distinct
            'stg_{{ name }}' as model_name,
            load_id
        from {{ ref('stg_' ~ name) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select
        model_name,
        list_sort(list_distinct(list(load_id))) as load_ids
    from loads_of_each_table
    group by model_name
)

select * from final
