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
        coalesce(moved.moves, 0) as numerator,
        exposure.days_employed / 365.25 as denominator
    from {{ ref('int_employment_exposure') }} as exposure
    -- few move: they are counted first, and the others aren't grouped for it
    left join (
        select
            employed.person_key,
            employed.exposed_from,
            employed.period_kind,
            employed.period_start,
            count(*) as moves
        from {{ ref('int_employment_exposure') }} as employed
        inner join {{ ref('int_job_moves') }} as moves
            on
                employed.person_key = moves.person_key
                and moves.moved_date between employed.exposed_from and employed.exposed_until
        where
            employed.days_employed > 0
            and moves.move_kind in ('{{ kinds | join("', '") }}')
        group by
            employed.person_key,
            employed.exposed_from,
            employed.period_kind,
            employed.period_start
    ) as moved
        on
            exposure.person_key = moved.person_key
            and exposure.exposed_from = moved.exposed_from
            and exposure.period_kind = moved.period_kind
            and exposure.period_start = moved.period_start
    where exposure.days_employed > 0
{%- endmacro %}
