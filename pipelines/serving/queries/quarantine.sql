select quarantine.source_id, quarantine.table_name, quarantine.source_file, quarantine.source_line, quarantine.rule,
    quarantine.reason, quarantine.remedy, quarantine.masked_text
from quality.quarantine as quarantine
inner join quality.loads as loads
    on quarantine.load_id = loads.load_id and quarantine.source_id = loads.source_id
where loads.is_current
