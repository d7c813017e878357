select counts.load_id, counts.source_id, counts.table_name, counts.rows_in, counts.loaded, counts.quarantined,
    counts.duplicates, counts.filtered
from quality.reconciliation as counts
inner join quality.loads as loads on counts.load_id = loads.load_id and counts.source_id = loads.source_id
where loads.is_current
