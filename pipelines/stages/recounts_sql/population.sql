-- Pairs of which one is outside the population that the policy names for their side.
with judged as (
    select
        policies.*,
        case policies.judged_column
            when 'department' then facts.department
            when 'location' then facts.location
            when 'level_rank' then cast(facts.level_rank as varchar)
            when 'utc_offset_hours' then cast(facts.utc_offset_hours as varchar)
        end as found
    from analytics.match_pairs as pairs
    inner join policies on pairs.programme_id = policies.programme_id and policies.rule = 'population'
    left join facts
        on facts.person_key
        = case policies.side when 'mentor' then pairs.mentor_person_key else pairs.mentee_person_key end
)
select count(*) from judged
where found is null
    or try_cast(found as double) < minimum
    or try_cast(found as double) > maximum
    or (
        admitted is not null
        and not list_contains(admitted, found)
        and not coalesce(
            list_contains(list_transform(admitted, lambda one: try_cast(one as double)), try_cast(found as double)),
            false
        )
    )
