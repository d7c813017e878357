-- Pairs farther apart by the clock than the policy allows.
select count(*) from analytics.match_pairs as pairs
inner join policies on pairs.programme_id = policies.programme_id and policies.rule = 'time_zone_gap'
inner join facts as mentees on pairs.mentee_person_key = mentees.person_key
inner join facts as mentors on pairs.mentor_person_key = mentors.person_key
where least(
    abs(mentees.utc_offset_hours - mentors.utc_offset_hours),
    24 - abs(mentees.utc_offset_hours - mentors.utc_offset_hours)
) > coalesce(policies.max_hours, 6)
