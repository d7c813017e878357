select findings.source_id, findings.kind, findings.table_name, findings.subject, findings.detail
from quality.findings as findings
inner join quality.loads as loads on findings.load_id = loads.load_id and findings.source_id = loads.source_id
where loads.is_current
