select status.*, programmes.name as programme_name
from metrics.goal_status as status
left join marts.programmes as programmes on status.programme_id = programmes.programme_id
