{# Person-years employed and moves in each period's window, one row per spell; the query of a logical CTE. #}
{% macro moves_per_year(kinds) -%}
    select
        exposure.programme_id,
        exposure.cohort_id,
        exposure.person_key,
        exposure.exposed_from as belongs_on,
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
            and moves.moved_date between exposure.exposed_from and exposure.exposed_until
            and moves.move_kind in ('{{ kinds | join("', '") }}')
    where exposure.days_employed > 0
    group by all
{%- endmacro %}
