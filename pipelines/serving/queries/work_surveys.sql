select invitations.survey_id, invitations.programme_id, invitations.cohort_id, min(invitations.sent_date) as sent_date,
    count(*) as invited, least(count(*), coalesce(any_value(answers.answered), 0)) as answered
from marts.survey_invitations as invitations
inner join marts.cohorts as cohorts on invitations.cohort_id = cohorts.cohort_id
cross join raw_registry.workspace as workspace
left join (
    select survey_id, count(distinct response_id) as answered from marts.survey_scores group by survey_id
) as answers on invitations.survey_id = answers.survey_id
where coalesce(cohorts.end_date, date '9999-12-31') > workspace.as_of_date
    and invitations.sent_date > workspace.as_of_date - interval 90 day
group by invitations.survey_id, invitations.programme_id, invitations.cohort_id
