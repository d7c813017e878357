-- Every metric, one row per metric, programme, cohort, segment and period. What dashboards, goals and reports read.

{% set metrics = [
    'active_pair_rate',
    'active_pairs',
    'completion_rate',
    'cost_per_participant',
    'csat_mentee',
    'csat_mentor',
    'drifting_pairs',
    'early_closure_rate',
    'engagement_change',
    'engagement_change_g',
    'goal_attainment_rate',
    'goal_attainment_tscore',
    'guided_students',
    'internal_mobility_rate',
    'knowledge_flow_hours',
    'leadership_representation',
    'match_rate_ever',
    'match_rate_open',
    'mentor_load',
    'milestone_rate',
    'network_reach',
    'participants',
    'participation_rate',
    'people_without_consent',
    'promotion_events_per_headcount',
    'promotion_rate_12m',
    'ramp_up_days',
    'recommendation_score_mentee',
    'recommendation_score_mentor',
    'relationship_quality_alpha',
    'relationship_quality_dyad_agreement',
    'relationship_quality_mentee',
    'relationship_quality_mentor',
    'retention_rate_12m',
    'retention_rate_24m',
    'retention_rate_3m',
    'retention_rate_6m',
    'session_frequency',
    'sessions_held',
    'show_up_rate',
    'skill_confidence_change',
    'skill_confidence_change_g',
    'survey_response_rate',
    'take_up_rate',
    'time_to_match_days',
    'turnover_rate_all',
    'turnover_rate_involuntary',
    'turnover_rate_voluntary'
] %}

with

final as (
    {% for metric in metrics %}
        select * from {{ ref(metric) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from final
