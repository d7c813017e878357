select loads.source_id, loads.load_id, loads.source_system, loads.connector, loads.extracted_at, loads.files,
    loads.bytes, coalesce(loads.newest_record_on, cast(loads.extracted_at at time zone coalesce(workspace.zone, 'UTC') as date)) as newest_record_on,
    cast(workspace.as_of_date - coalesce(loads.newest_record_on, cast(loads.extracted_at at time zone coalesce(workspace.zone, 'UTC') as date)) as integer) as age_days
from quality.loads as loads
cross join raw_registry.workspace as workspace
where loads.is_current
