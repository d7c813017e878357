{#
    Follow-up as it stood at the end of each period: what was not yet known then is the end of observation. `event_date` happens or not; `competing_date` rules it out;
    after `ends_date` nobody looks any more.
    The organisation's rows of one horizon only, and to date only, since its index day is counted back from the as-of day.
#}
{% macro follow_up_in_periods(follow_up, event_date, competing_date='cast(null as date)', ends_date='cast(null as date)', horizon_months=none, keep=[]) -%}
    select
        people.programme_id,
        people.cohort_id,
        people.person_key,
        people.index_date as belongs_on,
        {% for column in keep %}people.{{ column }},
        {% endfor -%}
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        date_diff(
            'day',
            people.index_date,
            least(
                case when {{ event_date }} <= periods.period_end then {{ event_date }} else {{ end_of_time() }} end,
                case when {{ competing_date }} <= periods.period_end then {{ competing_date }} else {{ end_of_time() }} end,
                coalesce({{ ends_date }}, {{ end_of_time() }}),
                periods.period_end
            )
        ) as days,
        case
            when
                {{ event_date }} <= least(
                    periods.period_end,
                    coalesce({{ competing_date }}, {{ end_of_time() }}),
                    coalesce({{ ends_date }}, {{ end_of_time() }})
                ) then 1
            when {{ competing_date }} <= least(periods.period_end, coalesce({{ ends_date }}, {{ end_of_time() }})) then 2
            else 0
        end as event
    from {{ follow_up }} as people
    inner join {{ ref('int_periods') }} as periods on people.index_date <= periods.period_end
    {% if horizon_months is not none -%}
    where
        people.horizon_months is null
        or (people.horizon_months = {{ horizon_months }} and periods.period_kind = 'to_date')
    {%- endif %}
{%- endmacro %}
