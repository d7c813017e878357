-- A covariate that became known in the month of time zero or later could be a result of what is to be estimated.
select
    'level_rank' as covariate,
    person_key,
    first_month as month
from {{ ref('trial_spans') }}
where level_known_month >= first_month
union all
select
    measure as covariate,
    person_key,
    known_month as month
from {{ ref('measure_readings') }}
where {{ month_number('measured_on') }} > known_month
