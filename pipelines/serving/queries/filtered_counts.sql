select filtered.source_id, filtered.table_name, filtered.reason, filtered.rows
from quality.filtered_rows as filtered
inner join quality.loads as loads on filtered.load_id = loads.load_id and filtered.source_id = loads.source_id
where loads.is_current
