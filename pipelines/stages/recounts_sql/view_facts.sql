-- What a rule may ask of a person.
create or replace temp view facts as
select persons.person_key, offsets.utc_offset_hours, states.department, states.location, states.level_rank
from marts.persons as persons
left join offsets on persons.home_tz = offsets.home_tz
left join current_states as states on persons.person_key = states.person_key
