-- Mentors with more mentees than seats, decided or declared.
select count(*) from (
    select pairs.mentor_application_id from analytics.match_pairs as pairs
    inner join marts.applications as applications on pairs.mentor_application_id = applications.application_id
    left join decided_seats as decided
        on pairs.cohort_id = decided.cohort_id and pairs.mentor_application_id = decided.mentor_application_id
    group by pairs.mentor_application_id having count(*) > max(coalesce(decided.seats, applications.capacity, 1))
)
