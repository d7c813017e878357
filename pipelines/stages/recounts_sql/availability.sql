-- Pairs with fewer common times than the policy asks for.
with times as (
    select application_id, list(distinct value) as named
    from marts.application_preferences where kind = 'time' group by application_id
)
select count(*) from analytics.match_pairs as pairs
inner join policies on pairs.programme_id = policies.programme_id and policies.rule = 'availability'
inner join times as mentees on pairs.mentee_application_id = mentees.application_id
inner join times as mentors on pairs.mentor_application_id = mentors.application_id
where len(list_intersect(mentees.named, mentors.named)) < coalesce(policies.minimum, 1)
