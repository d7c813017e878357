select runs.*, cohorts.start_date as cohort_start_date, cohorts.name as cohort_name, cohorts.status as cohort_status,
    (select count(*) from marts.published_pairs as pairs where pairs.cohort_id = runs.cohort_id) as published_pairs
from analytics.match_runs as runs
left join marts.cohorts as cohorts on runs.cohort_id = cohorts.cohort_id
