"""What must hold of every proposal, recounted in SQL (recounts_sql/) from the marts, independently of the solver."""

from datetime import UTC, datetime, time
from importlib.resources import files

import duckdb

from pipelines.zones import zone_or_none

FOLDER = files("pipelines.stages") / "recounts_sql"
VIEWS = ("current_states", "policies", "decided_seats", "decided_pairs", "facts")
"""What the recounts read besides the warehouse's tables, in the order in which they rest on each other."""
RECOUNTS = (
    "own_reporting_line",
    "capacity",
    "one_mentor_each",
    "forbidden_by_a_person",
    "declared_exclusion",
    "previous_pair",
    "shared_language",
    "level_gap",
    "time_zone_gap",
    "availability",
    "population",
    "forbidden_pair",
)
"""Each rule is a query that counts the proposed pairs that break it."""


def broken_rules(warehouse: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rule to the number of proposed pairs that break it."""
    _write_offsets(warehouse)
    for view in VIEWS:
        warehouse.execute(_sql(f"view_{view}"))
    return {rule: int(warehouse.execute(_sql(rule)).fetchall()[0][0]) for rule in RECOUNTS}


def _sql(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def _write_offsets(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Temporary table offsets: home_tz, utc_offset_hours at noon of the day that everything is counted on; zones that don't exist are left out."""
    warehouse.execute("create or replace temp table offsets (home_tz varchar, utc_offset_hours double)")
    days = warehouse.execute("select as_of_date from raw_registry.workspace").fetchall()
    zones = warehouse.execute("select distinct home_tz from marts.persons where home_tz is not null").fetchall()
    for (day,) in days:
        for (name,) in zones:
            zone = zone_or_none(name)
            if zone is None:
                continue
            noon = datetime.combine(day, time(12), zone)
            hours = (noon.replace(tzinfo=UTC) - noon).total_seconds() / 3600
            warehouse.execute("insert into offsets values (?, ?)", [name, hours])
