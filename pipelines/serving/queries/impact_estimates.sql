select estimates.* exclude (estimate_id), estimates.estimate_id, programmes.name as programme_name
from impact.estimates as estimates
left join marts.programmes as programmes on estimates.programme_id = programmes.programme_id
