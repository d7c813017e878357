-- Every metric, one row per metric, programme, cohort, segment and period. What dashboards, goals and reports read.

{% set metrics = [
    'participation_rate',
    'session_frequency',
    'csat_mentee',
    'relationship_quality_mentee',
    'retention_rate_12m'
] %}

{% for metric in metrics %}
select * from {{ ref(metric) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
