-- Every metric, one row per metric, programme, cohort, segment and period. What dashboards, goals and reports read.

{% set declared = metric_needs() %}

with

all_values as (
    {% for metric in metric_ids() %}
        select
            *,
            {{ source_load_ids('model.mentorship_impact.' ~ metric) }} as source_load_ids
        from {{ ref(metric) }}
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
