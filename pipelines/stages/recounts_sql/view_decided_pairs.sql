-- Pairs forbidden or allowed, as last decided by a person.
create or replace temp view decided_pairs as
select cohort_id, kind, mentee_application_id, mentor_application_id from marts.match_decisions
where kind in ('forbid', 'allow') and not is_undone
qualify row_number() over (partition by cohort_id, mentee_application_id, mentor_application_id order by revision desc) = 1
