select applications.application_id, applications.programme_id, applications.cohort_id, applications.submitted_date,
    applications.decision, cohorts.start_date as cohort_start_date, cohorts.status as cohort_status, applications.person_key
from marts.applications as applications
inner join marts.cohorts as cohorts on applications.cohort_id = cohorts.cohort_id
cross join raw_registry.workspace as workspace
where applications.role_sought = 'mentee' and applications.decision in ('pending', 'waitlisted')
    and coalesce(cohorts.end_date, date '9999-12-31') > workspace.as_of_date
