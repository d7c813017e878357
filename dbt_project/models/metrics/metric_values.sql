-- Every metric, one row per metric, programme, cohort, segment and period. What dashboards, goals and reports read.

{% set metrics = [
    'acceptance_rate',
    'active_pair_rate',
    'active_pairs',
    'applicant_representation',
    'applicants',
    'completion_rate',
    'cost_per_participant',
    'csat_mentee',
    'csat_mentor',
    'drifting_pairs',
    'early_closure_rate',
    'eligible_representation',
    'engagement_change',
    'engagement_change_g',
    'goal_attainment_by_kind',
    'goal_attainment_rate',
    'goal_attainment_tscore',
    'goal_update_rate',
    'guided_students',
    'internal_mobility_rate',
    'knowledge_flow_hours',
    'leadership_representation',
    'match_rate_ever',
    'match_rate_open',
    'mentor_load',
    'mentor_representation',
    'milestone_rate',
    'network_reach',
    'participant_representation',
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
    'turnover_rate_voluntary',
    'waiting_applicants'
] %}

{% set declared = metric_needs(metrics) %}

with

all_values as (
    {% for metric in metrics %}
        select * from {{ ref(metric) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- what each metric declares that it needs, in the order in which it is told
needs_declared (metric_id, need_id, place) as (
    values
    {% for metric_id, need_id, place in declared %}
        ('{{ metric_id }}', '{{ need_id }}', {{ place }}){{ ',' if not loop.last }}
    {% endfor %}
),

metrics_not_measured as (
    select
        needs_declared.metric_id,
        unmet.programme_id,
        min_by(needs.missing, needs_declared.place) as missing
    from needs_declared
    inner join {{ ref('int_needs_unmet') }} as unmet on needs_declared.need_id = unmet.need_id
    inner join {{ ref('metric_needs') }} as needs on needs_declared.need_id = needs.need_id
    group by needs_declared.metric_id, unmet.programme_id
),

final as (
    select
        all_values.metric_id,
        all_values.definition_version,
        all_values.programme_id,
        all_values.cohort_id,
        all_values.segment_kind,
        all_values.segment_value,
        all_values.period_kind,
        all_values.period_start,
        all_values.period_end,
        case when unmeasured.missing is null then all_values.numerator end as numerator,
        case when unmeasured.missing is null then all_values.denominator end as denominator,
        all_values.n_people,
        case when unmeasured.missing is null then all_values.value end as value,
        case when unmeasured.missing is null then all_values.ci_low end as ci_low,
        case when unmeasured.missing is null then all_values.ci_high end as ci_high,
        all_values.interval_method,
        all_values.unit,
        all_values.is_suppressed or unmeasured.missing is not null as is_suppressed,
        coalesce('not measured: ' || unmeasured.missing, all_values.suppression_reason) as suppression_reason,
        all_values.computed_at,
        all_values.source_load_ids,
        all_values.contributions
    from all_values
    left join metrics_not_measured as unmeasured
        on
            all_values.metric_id = unmeasured.metric_id
            and all_values.programme_id = unmeasured.programme_id
)

select * from final
