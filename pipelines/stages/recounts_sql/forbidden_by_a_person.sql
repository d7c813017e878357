-- Pairs that somebody forbade.
select count(*) from analytics.match_pairs as pairs
inner join decided_pairs as decided
    on pairs.cohort_id = decided.cohort_id and decided.kind = 'forbid'
    and pairs.mentee_application_id = decided.mentee_application_id
    and pairs.mentor_application_id = decided.mentor_application_id
