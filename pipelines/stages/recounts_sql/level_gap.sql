-- Pairs whose levels lie nearer or farther apart than the policy allows.
select count(*) from analytics.match_pairs as pairs
inner join policies on pairs.programme_id = policies.programme_id and policies.rule = 'level_gap'
inner join current_states as mentees on pairs.mentee_person_key = mentees.person_key
inner join current_states as mentors on pairs.mentor_person_key = mentors.person_key
where mentors.level_rank - mentees.level_rank
    not between coalesce(policies.minimum, 1) and coalesce(policies.maximum, 99)
