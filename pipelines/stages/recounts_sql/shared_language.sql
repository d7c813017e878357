-- Pairs without a common language.
select count(*) from analytics.match_pairs as pairs
inner join policies on pairs.programme_id = policies.programme_id and policies.rule = 'shared_language'
inner join marts.persons as mentees on pairs.mentee_person_key = mentees.person_key
inner join marts.persons as mentors on pairs.mentor_person_key = mentors.person_key
where not coalesce(
    list_has_any(string_split(mentees.languages, '|'), string_split(mentors.languages, '|')), false
)
