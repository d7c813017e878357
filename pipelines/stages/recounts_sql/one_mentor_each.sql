-- Mentees who were given two mentors.
select count(*) from (
    select mentee_application_id from analytics.match_pairs group by all having count(*) > 1
)
