{# Person-years employed and moves in each period's window, one row per spell; the query of a logical CTE. #}
{% macro moves_per_year(kinds) -%}
    select
        exposure.*,
        exposure.exposed_from as belongs_on,
        coalesce(moved.moves, 0) as numerator,
        exposure.days_employed / 365.25 as denominator
    from {{ ref('int_employment_exposure') }} as exposure
    -- few move: their moves meet their own spells and the periods, and the others aren't grouped for it
    left join (
        select
            spells.person_key,
            spells.spell_no,
            periods.period_kind,
            periods.period_start,
            count(*) as moves
        from {{ ref('int_job_moves') }} as moves
        inner join {{ ref('employment_spells') }} as spells
            on
                moves.person_key = spells.person_key
                and moves.moved_date >= spells.start_date
                and moves.moved_date <= coalesce(spells.end_date, {{ end_of_time() }})
        inner join {{ ref('int_periods') }} as periods on moves.moved_date between periods.window_start and periods.period_end
        where moves.move_kind in ('{{ kinds | join("', '") }}')
        group by
            spells.person_key,
            spells.spell_no,
            periods.period_kind,
            periods.period_start
    ) as moved
        on
            exposure.person_key = moved.person_key
            and exposure.spell_no = moved.spell_no
            and exposure.period_kind = moved.period_kind
            and exposure.period_start = moved.period_start
    where exposure.days_employed > 0
{%- endmacro %}
