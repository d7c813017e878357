{# Person-years employed and moves in each period's window; the query of a logical CTE. #}
{% macro moves_per_year(kinds) -%}
    select
        exposure.programme_id,
        exposure.cohort_id,
        exposure.person_key,
        exposure.period_kind,
        exposure.period_start,
        exposure.period_end,
        count(moves.person_key) as numerator,
        -- joining the moves repeats the row, not the days
        max(exposure.days_employed) / 365.25 as denominator
    from {{ ref('int_employment_exposure') }} as exposure
    left join {{ ref('int_job_moves') }} as moves
        on
            exposure.person_key = moves.person_key
            and moves.moved_date between exposure.window_start and exposure.period_end
            and moves.move_kind in ('{{ kinds | join("', '") }}')
    where exposure.days_employed > 0
    group by all
{%- endmacro %}
