-- Mentors above or below their mentee in the line, at any distance, or the mentee themselves.
with recursive line as (
    select person_key, manager_person_key as above, 1 as depth
    from current_states where manager_person_key is not null
    union
    select line.person_key, states.manager_person_key, line.depth + 1
    from line inner join current_states as states on line.above = states.person_key
    where states.manager_person_key is not null and line.depth < 30
)
select count(*) from analytics.match_pairs as pairs
where pairs.mentee_person_key = pairs.mentor_person_key
    or exists (select 1 from line where line.person_key = pairs.mentee_person_key and line.above = pairs.mentor_person_key)
    or exists (select 1 from line where line.person_key = pairs.mentor_person_key and line.above = pairs.mentee_person_key)
