{#
    A metric's model gives one relation of units and ends with one of these macros, which reads the units for every grain of the interface:
    programme to date, cohort to date, programme and cohort by month, and programme by approved segment to date
    (by month too, where a goal speaks of the segment).

    Columns of `units`: programme_id, cohort_id (null = none), person_key (null = anonymous), period_kind, period_start, period_end, belongs_on, and
        rate_rows, ratio_rows, event_rows   numerator, denominator
        complete_share_rows                 numerator, denominator, of everybody there is: no sampling interval
        count_rows                          numerator, denominator (both shown, the value is the numerator)
        mean_rows                           value, read_date (the last value of a person counts), refusal (null or a reason)
        score_rows                          is_promoter, is_detractor
        survival_rows, incidence_rows, median_rows   days, event (0 = end of observation, 1 = event, 2 = competing event)
    belongs_on: the day as of which somebody's department or grade counts: when a pair or a follow-up began, or something happened. Not asked where units bring their segment.
    own_segment: none      people's approved segments, to date
                 'split'   each unit carries segment_kind and segment_value and belongs to one segment; the total is all of them
                 'given'   the units come once for each segment that they count in, the total ('all', 'all') among them where there is one
    per_person=true: somebody who is a unit several times in a cell (in two cohorts, say) counts once, with the best numerator.
    People without consent to analytics are left out, except by ratio_rows and count_rows, which count places and pairs, not people's outcomes.
#}

{% macro cell_columns() %}
    {{ return(['programme_id', 'cohort_id', 'segment_kind', 'segment_value', 'period_kind', 'period_start', 'period_end']) }}
{% endmacro %}

{# Whether rows of two relations belong to one cell. #}
{% macro same_cell(one, other) -%}
    {% for column in cell_columns() %}{{ one }}.{{ column }} = {{ other }}.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
{%- endmacro %}

{# The metric's own record (macro metric); in a unit test there is none and neutral words stand in. #}
{% macro metric_definition() %}
    {% set record = ((model.get('config') or {}).get('meta') or {}).get('metric') or {} %}
    {{ return({
        'metric_id': model.get('name'),
        'version': record.get('version', 1),
        'unit': record.get('unit', 'share'),
        'interval_method': record.get('interval_method', 'none'),
        'minimum_n': record.get('minimum_n', 1),
    }) }}
{% endmacro %}

{# (metric, its record) of every metric, from dbt's own graph. #}
{% macro metric_records() %}
    {% set found = [] %}
    {% for node in graph.get('nodes', {}).values() if execute and node.resource_type == 'model' %}
        {% set record = (node.config.get('meta') or {}).get('metric') %}
        {% if record %}{% do found.append((node.name, record)) %}{% endif %}
    {% endfor %}
    {{ return(found | sort(attribute='0')) }}
{% endmacro %}

{# What the metrics declare that they need: (metric, need, place in its list). #}
{% macro metric_needs() %}
    {% set found = [] %}
    {% for metric_id, record in metric_records() %}
        {% for need in record.get('needs', []) %}
            {% do found.append((metric_id, need, loop.index)) %}
        {% endfor %}
    {% endfor %}
    {{ return(found | sort or [('none', 'none', 1)]) }}
{% endmacro %}

{# What a metric's value now is read from: (metric, last_month | last_wave | to_date). #}
{% macro metric_readings() %}
    {% set found = [] %}
    {% for metric_id, record in metric_records() %}
        {% do found.append((metric_id, record.now)) %}
    {% endfor %}
    {{ return(found or [('none', 'to_date')]) }}
{% endmacro %}

{# The metrics of which each month stands for itself: what happened in it over who could have done it; 30 days back from a month's end is that month. #}
{% macro metrics_of_own_months() %}
    {% set found = [] %}
    {% for metric_id, record in metric_records() if record.get('own_months') %}
        {% do found.append(metric_id) %}
    {% endfor %}
    {{ return(found or ['none']) }}
{% endmacro %}

{# Units of values that can't be negative. #}
{% macro units_from_zero() -%}
    ('share', 'people', 'pairs', 'sessions', 'hours', 'days', 'departments', 'sessions_per_month')
{%- endmacro %}

{#
    The loads behind a metric (dbt's id of its model): those of every staging model that it rests on, found in dbt's own graph. A loop over a growing list, since a macro that
    calls itself thousands of times took seconds of the build.
#}
{% macro source_load_ids(metric) %}
    {% set nodes = graph.get('nodes', {}) if execute else {} %}
    {% set reached = [metric] %}
    {% set staged = [] %}
    {% for step in range(1000) if step < reached | length %}
        {% set node = nodes.get(reached[step]) %}
        {% if node and node.name.startswith('stg_') %}
            {% do staged.append(node.name) %}
        {% elif node and node.name != 'int_loads' %}
            {% for parent in node.depends_on.nodes if parent not in reached %}{% do reached.append(parent) %}{% endfor %}
        {% endif %}
    {% endfor %}
    (
        select coalesce(string_agg(distinct load_id, ',' order by load_id), '')
        from (
            select unnest(load_ids) as load_id
            from {{ ref('int_loads') }}
            where model_name in ('{{ staged | sort | join("', '") }}')
        ) as loads
    )
{% endmacro %}

{#
    The units repeated for every cell that they belong to: their cohort and all cohorts; all people and, to date, each approved segment. A unit's own
    segment (a grade of evidence, a reason) also goes by month.
#}
{% macro spread_over_cells(units, own_segment=none, only_consenting=true) %}
units_counted as (
    select
        units.*
    from {{ units }} as units
    {% if only_consenting %}
    left join {{ ref('int_people_without_consent') }} as without_consent on units.person_key = without_consent.person_key
    where without_consent.person_key is null
    {% endif %}
),

units_spread_over_cells as (
    {% if own_segment != 'given' %}
    {{ units_of_all_cohorts('units_counted', ['cohort_id', 'segment_kind', 'segment_value'] if own_segment else ['cohort_id']) }}
    union all by name
    {% endif %}
    {% if own_segment %}
    select
        * exclude (cohort_id),
        unnest(list_distinct(['all', coalesce(cohort_id, 'all')])) as cohort_id
    from units_counted
    where segment_kind is not null
    {% else %}
    {{ units_in_segments("units.period_kind = 'to_date'") }}
    union all by name
    -- by month only where a goal speaks of the segment: its forecast needs the months
    {{ units_in_segments("units.period_kind != 'to_date' and segments.is_in_a_goal") }}
    {% endif %}
),
{% endmacro %}

{# Each unit in the cell of all cohorts and in that of its own; all people. Two selects, since a list to unnest cost more than all the rest where millions have no cohort. #}
{% macro units_of_all_cohorts(units, replaced) -%}
    select
        * exclude ({{ replaced | join(', ') }}),
        'all' as cohort_id,
        'all' as segment_kind,
        'all' as segment_value
    from {{ units }}
    union all by name
    select
        * exclude ({{ replaced | join(', ') }}),
        cohort_id,
        'all' as segment_kind,
        'all' as segment_value
    from {{ units }}
    where cohort_id != 'all'
{%- endmacro %}

{# Units of people in their approved segments, as they belonged on the unit's day; all cohorts. #}
{% macro units_in_segments(condition) -%}
    select
        units.* exclude (cohort_id),
        'all' as cohort_id,
        segments.segment_kind,
        segments.segment_value
    from units_counted as units
    inner join {{ ref('int_person_segments') }} as segments
        on
            units.programme_id = segments.programme_id
            and units.person_key = segments.person_key
            and coalesce(units.belongs_on, units.period_end) >= segments.valid_from
            and coalesce(units.belongs_on, units.period_end) < segments.valid_to
    where {{ condition }}
{%- endmacro %}

{# Distinct people; an anonymous answer counts as a person of its own. #}
{% macro people_counted() -%}
    count(distinct person_key) + count(*) filter (where person_key is null)
{%- endmacro %}

{#
    From `cells_estimated` to the columns of the interface. Without an interval the value is not shown. Figures are rounded to 1e-10, since the
    order in which DuckDB adds up floating-point numbers is not fixed and the same inputs must give the same bytes.
    shown_of_a_unit: what of `units` a reader sees summed; none where `people_summed` holds what each person puts in.
#}
{% macro finished_rows(shown_of_a_unit=none, refusal='cast(null as varchar)', units='units_spread_over_cells') %}
{% set metric = metric_definition() %}
{#- of hundreds of thousands a double holds ten digits after the point, and the order of adding decides the last -#}
{% set digits = 4 if metric.unit == 'currency' else 9 %}
{% if shown_of_a_unit %}{{ contributions_of_people(units, shown_of_a_unit) }}{% endif %}
{{ contributions_of_cells('contributions_of_people' if shown_of_a_unit else 'people_summed') }}
cells_judged as (
    select
        *,
        case
            when {{ refusal }} is not null then {{ refusal }}
            when denominator is null or denominator = 0 then 'nothing to count yet'
            when n_people < {{ metric.minimum_n }} then 'fewer than {{ metric.minimum_n }} people'
            when value is null then 'not reached or not followed long enough'
            when ci_low is null or ci_high is null or isnan(ci_low) or isnan(ci_high) then 'no interval can be had'
        end as suppression_reason
    from cells_estimated
),

final as (
    select
        '{{ metric.metric_id }}' as metric_id,
        cast({{ metric.version }} as integer) as definition_version,
        cells.programme_id,
        cells.cohort_id,
        cells.segment_kind,
        cells.segment_value,
        cells.period_kind,
        case
            when cells.period_kind = 'month' then cells.period_start
            else coalesce(programmes.start_date, periods.window_start)
        end as period_start,
        cells.period_end,
        round(cast(cells.numerator as double), {{ digits }}) as numerator,
        round(cast(cells.denominator as double), {{ digits }}) as denominator,
        cast(cells.n_people as bigint) as n_people,
        case when cells.suppression_reason is null then round(cast(cells.value as double), 10) end as value,
        case when cells.suppression_reason is null then round(cast(cells.ci_low as double), 10) end as ci_low,
        case when cells.suppression_reason is null then round(cast(cells.ci_high as double), 10) end as ci_high,
        cast(coalesce(cells.interval_method, '{{ metric.interval_method }}') as varchar) as interval_method,
        {% if metric.unit == 'currency' -%}
        coalesce(programmes.currency, 'currency') as unit,
        {%- else -%}
        '{{ metric.unit }}' as unit,
        {%- endif %}
        cells.suppression_reason is not null as is_suppressed,
        cells.suppression_reason,
        {{ as_of_date() }} as computed_at,
        contributions_of_cells.contributions
    from cells_judged as cells
    left join {{ ref('stg_programmes') }} as programmes on cells.programme_id = programmes.programme_id
    inner join {{ ref('int_periods') }} as periods
        on
            cells.period_kind = periods.period_kind
            and cells.period_end = periods.period_end
    left join contributions_of_cells
        on
            {% for column in cell_columns() -%}
            cells.{{ column }} is not distinct from contributions_of_cells.{{ column }}
            {{- '' if loop.last else '\n            and ' }}
            {%- endfor %}

)

select * from final
{% endmacro %}
