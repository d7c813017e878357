-- Pairs that were one before, as long ago as the policy names.
select count(*) from analytics.match_pairs as pairs
inner join policies on pairs.programme_id = policies.programme_id and policies.rule = 'previous_pair'
inner join marts.pairs as earlier
    on earlier.status <> 'proposed'
    and (
        (earlier.mentee_person_key = pairs.mentee_person_key and earlier.mentor_person_key = pairs.mentor_person_key)
        or (earlier.mentee_person_key = pairs.mentor_person_key and earlier.mentor_person_key = pairs.mentee_person_key)
    )
where policies.months is null
    or coalesce(earlier.ended_date, (select as_of_date from raw_registry.workspace))
    >= (select as_of_date from raw_registry.workspace) - to_months(policies.months)
