-- Pairs that one of the two excluded.
select count(*) from analytics.match_pairs as pairs
inner join marts.application_preferences as excluded
    on excluded.kind = 'excluded_person'
    and (
        (excluded.application_id = pairs.mentee_application_id and excluded.value = pairs.mentor_person_key)
        or (excluded.application_id = pairs.mentor_application_id and excluded.value = pairs.mentee_person_key)
    )
