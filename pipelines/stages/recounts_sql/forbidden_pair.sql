-- Pairs that the programme's policy forbids by name.
with forbidden as (
    select programme_id, unnest(json_extract(matching_policy, '$.forbidden[*]')) as entry
    from marts.programmes where matching_policy is not null
)
select count(*) from analytics.match_pairs as pairs
inner join forbidden
    on pairs.programme_id = forbidden.programme_id
    and pairs.mentee_application_id = forbidden.entry ->> '$.mentee'
    and pairs.mentor_application_id = forbidden.entry ->> '$.mentor'
