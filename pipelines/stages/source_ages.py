"""How old what was last loaded of each source is."""

from typing import Any

from pipelines.warehouse import read_frame

AGES = """
    select loads.source_id, cast(workspace.as_of_date - coalesce(loads.newest_record_on, cast(loads.extracted_at at time zone coalesce(workspace.zone, 'UTC') as date)) as integer) as age_days
    from quality.loads as loads
    cross join raw_registry.workspace as workspace
    where loads.is_current
    order by loads.extracted_at
"""


def source_ages(warehouse: Any) -> dict[str, int]:
    """Days from the newest record of each loaded source to the day that everything is counted on."""
    return dict(read_frame(warehouse, AGES).iter_rows())
