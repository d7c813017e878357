-- Seats as last decided by a person.
create or replace temp view decided_seats as
select cohort_id, mentor_application_id, seats from marts.match_decisions
where kind = 'capacity' and not is_undone
qualify row_number() over (partition by cohort_id, mentor_application_id order by revision desc) = 1
