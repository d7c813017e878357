-- A covariate that became known in the month of time zero or later could be a result of what is to be estimated.
select
    'level_rank' as covariate,
    person_key,
    month
from {{ ref('trial_months') }}
where level_known_month >= month
union all
select
    measure as covariate,
    person_key,
    month
from {{ ref('measure_months') }}
where
    known_month >= month
    or {{ month_number('measured_on') }} > known_month
